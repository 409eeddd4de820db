// What a filter lets through, in the few words of a chip.
import type { FieldView } from '$lib/backend';
import { format } from '$lib/format';
import { t } from '$lib/i18n';
import type { Structure } from '../structure.svelte';
import { questionOf, type FieldCondition, type LeadFilter, type Range } from './filter';
import { periodDays, rollingDays, type Period } from './period';

/** `Novo`, `Novo, Qualificado`, `Novo e mais 2`; null for none. */
export function namesText(names: readonly string[]): string | null {
  if (names.length === 0) return null;
  if (names.length <= 2) return names.join(', ');
  return t('leads.filter.more', { first: names[0], count: names.length - 1 });
}

export function rangeText(range: Range, draw: (value: number) => string): string {
  const { from, to } = range;
  if (from !== null && to !== null) {
    return t('leads.filter.between', { from: draw(from), to: draw(to) });
  }
  if (from !== null) return t('leads.filter.at_least', { value: draw(from) });
  return t('leads.filter.at_most', { value: draw(to ?? 0) });
}

export function periodText(period: Period): string {
  if (period === 'today' || period === 'month') return t(`leads.filter.${period}`);
  const rolling = rollingDays(period);
  if (rolling !== null) {
    return t(rolling > 0 ? 'leads.filter.last_days' : 'leads.filter.next_days', {
      count: Math.abs(rolling)
    });
  }
  const days = periodDays(period);
  // Noon in UTC is the same day for nearly every zone; a calendar day has none of its own.
  const draw = (day: { toDate: (zone: string) => Date }) =>
    format.date(day.toDate('UTC').getTime() + 43_200_000);
  if (days?.from && days.to) {
    return t('leads.filter.between', { from: draw(days.from), to: draw(days.to) });
  }
  if (days?.from) return t('leads.filter.since', { date: draw(days.from) });
  if (days?.to) return t('leads.filter.until', { date: draw(days.to) });
  return period;
}

export function stagesText(filter: LeadFilter, structure: Structure): string | null {
  const pipelines = filter.pipelineIds.map((id) => structure.pipeline(id)?.name ?? String(id));
  return namesText([...pipelines, ...filter.stages.map((stage) => structure.stageName(stage))]);
}

export function peopleText(ids: readonly number[], structure: Structure): string | null {
  return namesText(ids.map((id) => structure.userName(id) ?? t('leads.filter.nobody')));
}

export function tagsText(ids: readonly number[], structure: Structure): string | null {
  const names = new Map(structure.view?.tags.map((tag) => [tag.kommo_id, tag.name]));
  return namesText(ids.map((id) => names.get(id) ?? String(id)));
}

export function fieldText(
  condition: FieldCondition,
  field: FieldView | undefined,
  currency: string
): string {
  const isFlag = field !== undefined && questionOf(field) === 'flag';
  if (condition.isFilled === true)
    return t(isFlag ? 'leads.filter.checked' : 'leads.filter.filled');
  if (condition.isFilled === false) {
    return t(isFlag ? 'leads.filter.unchecked' : 'leads.filter.empty');
  }
  if (condition.text) return t('leads.filter.contains_text', { text: condition.text });
  if (condition.period) return periodText(condition.period);
  if (condition.range) {
    const isMoney = field?.kind === 'monetary' || field?.kind === 'price';
    return rangeText(condition.range, (value) =>
      isMoney ? format.money(value, currency, true) : format.number(value, 2)
    );
  }
  const labels = new Map(field?.options.map((option) => [option.enum_id, option.label]));
  return namesText((condition.options ?? []).map((id) => labels.get(id) ?? String(id))) ?? '';
}
