import type { FieldView, LeadFieldFilter, LeadFilters, StageRef } from '$lib/backend';
import { resolvePeriod, type Period } from './period';

/** A number at least and at most; null leaves the side open. */
export interface Range {
  from: number | null;
  to: number | null;
}

/** What is asked of one custom field. Only one of them is set at a time. */
export interface FieldCondition {
  fieldId: number;
  options?: number[];
  range?: Range;
  period?: Period;
  text?: string;
  isFilled?: boolean;
}

/** The filters of the lead table as the screen keeps them: plain data, fit for the address and for storage. */
export interface LeadFilter {
  stages: StageRef[];
  pipelineIds: number[];
  /** 0 is nobody. */
  responsibleIds: number[];
  tagIds: number[];
  isOpen: boolean | null;
  hasTask: boolean | null;
  price: Range | null;
  created: Period | null;
  updated: Period | null;
  fields: FieldCondition[];
}

export function noFilter(): LeadFilter {
  return {
    stages: [],
    pipelineIds: [],
    responsibleIds: [],
    tagIds: [],
    isOpen: null,
    hasTask: null,
    price: null,
    created: null,
    updated: null,
    fields: []
  };
}

/** How many conditions hold at once; stages and pipelines are one. */
export function conditionCount(filter: LeadFilter): number {
  const set = [
    filter.stages.length + filter.pipelineIds.length > 0,
    filter.responsibleIds.length > 0,
    filter.tagIds.length > 0,
    filter.isOpen !== null,
    filter.hasTask !== null,
    filter.price !== null,
    filter.created !== null,
    filter.updated !== null
  ];
  return set.filter(Boolean).length + filter.fields.length;
}

export function sameStage(a: StageRef, b: StageRef): boolean {
  return a.pipeline_id === b.pipeline_id && a.status_id === b.status_id;
}

/** How a custom field can be asked about. */
export type FieldQuestion = 'options' | 'number' | 'period' | 'flag' | 'text';

const QUESTIONS: Record<string, FieldQuestion> = {
  select: 'options',
  multiselect: 'options',
  radiobutton: 'options',
  category: 'options',
  numeric: 'number',
  monetary: 'number',
  price: 'number',
  date: 'period',
  date_time: 'period',
  birthday: 'period',
  checkbox: 'flag'
};

export function questionOf(field: Pick<FieldView, 'kind' | 'options'>): FieldQuestion {
  const question = QUESTIONS[field.kind] ?? 'text';
  return question === 'options' && field.options.length === 0 ? 'text' : question;
}

function fieldRequest(condition: FieldCondition, now: number, zone: string): LeadFieldFilter {
  const request: LeadFieldFilter = {
    field_id: condition.fieldId,
    enum_ids: condition.options ?? []
  };
  if (condition.range?.from != null) request.number_from = condition.range.from;
  if (condition.range?.to != null) request.number_to = condition.range.to;
  const stretch = condition.period ? resolvePeriod(condition.period, now, zone) : null;
  // Kommo keeps dates in seconds, and the end belongs to the range here.
  if (stretch?.fromMs != null) request.number_from = Math.floor(stretch.fromMs / 1000);
  if (stretch?.toMs != null) request.number_to = Math.floor(stretch.toMs / 1000) - 1;
  if (condition.text) request.text = condition.text;
  if (condition.isFilled !== undefined) request.is_filled = condition.isFilled;
  return request;
}

/** The filter as the core takes it; undefined when it lets everything through. */
export function toLeadFilters(
  filter: LeadFilter,
  now: number,
  zone: string
): LeadFilters | undefined {
  if (conditionCount(filter) === 0) return undefined;
  const created = filter.created ? resolvePeriod(filter.created, now, zone) : null;
  const updated = filter.updated ? resolvePeriod(filter.updated, now, zone) : null;
  return {
    stages: filter.stages.map(({ pipeline_id, status_id }) => ({ pipeline_id, status_id })),
    pipeline_ids: [...filter.pipelineIds],
    responsible_ids: [...filter.responsibleIds],
    tag_ids: [...filter.tagIds],
    ...(filter.isOpen === null ? {} : { is_open: filter.isOpen }),
    ...(filter.hasTask === null ? {} : { has_task: filter.hasTask }),
    ...(filter.price?.from == null ? {} : { price_from: filter.price.from }),
    ...(filter.price?.to == null ? {} : { price_to: filter.price.to }),
    ...(created?.fromMs == null ? {} : { created_from_ms: created.fromMs }),
    ...(created?.toMs == null ? {} : { created_to_ms: created.toMs }),
    ...(updated?.fromMs == null ? {} : { updated_from_ms: updated.fromMs }),
    ...(updated?.toMs == null ? {} : { updated_to_ms: updated.toMs }),
    fields: filter.fields.map((condition) => fieldRequest(condition, now, zone))
  };
}
