// What a change on its way to Kommo reads like.
import type { OutboxSummary, OutboxView } from '$lib/backend';
import { format } from '$lib/format';
import { maybe, t } from '$lib/i18n';
import type { Tone } from '$lib/ui/types';
import { causeWords, type CauseWords } from '$lib/words/changes';

/** Whom or what it is about. */
export function subjectOf(
  row: Pick<OutboxView, 'entity_name' | 'entity_kind' | 'entity_kommo_id' | 'kind' | 'after'>
): string {
  if (row.entity_name) return row.entity_name;
  if (row.kind === 'lead' && row.after) return row.after;
  if (row.entity_kommo_id === null) return t('outbox.subject.none');
  const number = String(row.entity_kommo_id);
  return (
    maybe(`sync.subject.${row.entity_kind}`, { number }) ?? t('sync.subject.other', { number })
  );
}

/** The lead, at the change when one is named. */
export function leadHref(leadId: string, change: number | null): string {
  const lead = `/leads?lead=${encodeURIComponent(leadId)}`;
  return change === null ? lead : `${lead}&change=${change}`;
}

export interface Standing {
  text: string;
  tone: Tone;
}

/** How far a change is, and when it goes on. */
export function standingOf(
  row: Pick<OutboxView, 'state' | 'due_at_ms' | 'attempts'>,
  summary: Pick<OutboxSummary, 'is_paused'> | null,
  now: number
): Standing {
  switch (row.state) {
    case 'sending':
      return { text: t('outbox.state.sending'), tone: 'info' };
    case 'done':
      return { text: t('outbox.state.done'), tone: 'good' };
    case 'superseded':
      return { text: t('outbox.state.superseded'), tone: 'neutral' };
    case 'conflict':
      return { text: t('outbox.state.conflict'), tone: 'warn' };
    case 'discarded':
      return { text: t('outbox.state.discarded'), tone: 'neutral' };
    case 'wedged':
      return { text: t('outbox.state.wedged'), tone: 'bad' };
    case 'waiting': {
      if (summary?.is_paused) return { text: t('outbox.state.paused'), tone: 'warn' };
      const isLater = row.due_at_ms > now;
      const when = format.relative(row.due_at_ms);
      if (row.attempts > 0 && isLater) {
        return { text: t('outbox.state.again', { when }), tone: 'warn' };
      }
      return isLater
        ? { text: t('outbox.state.soon', { when }), tone: 'neutral' }
        : { text: t('outbox.state.waiting'), tone: 'neutral' };
    }
  }
}

/** Why an attempt did not do: a code of an error, or of what Kommo refused. */
export function waitReason(cause: string | null): string | null {
  if (cause === null) return null;
  return maybe(`errors.${cause}.title`) ?? causeWords(cause).title;
}

export interface CauseGroup {
  cause: string | null;
  words: CauseWords;
  rows: OutboxView[];
}

/** What is held, by what holds it; the cause with the newest row first. */
export function byCause(rows: readonly OutboxView[]): CauseGroup[] {
  const groups: CauseGroup[] = [];
  for (const row of rows) {
    const known = groups.find((group) => group.cause === row.cause);
    if (known) known.rows.push(row);
    else groups.push({ cause: row.cause, words: causeWords(row.cause), rows: [row] });
  }
  return groups;
}
