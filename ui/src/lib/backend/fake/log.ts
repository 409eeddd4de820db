import type { LogDetail, LogList, LogListRequest, LogRow } from '../contract.gen';
import { BackendError } from '../errors';
import { LEADS } from './leads';

const now = Date.now();

type Seed = Pick<LogRow, 'direction' | 'channel' | 'operation' | 'outcome' | 'details'>;

const seed = (
  direction: LogRow['direction'],
  channel: LogRow['channel'],
  operation: string,
  outcome: LogRow['outcome'] = 'done',
  details: Seed['details'] = {}
): Seed => ({ direction, channel, operation, outcome, details });

const SEEDS: Seed[] = [
  seed('in', 'poll', 'lead_changed', 'done', { fields: 'stage' }),
  seed('in', 'poll', 'poll_finished', 'done', { changes: '2', requests: '4' }),
  seed('in', 'poll', 'lead_created'),
  seed('in', 'import', 'import_page', 'done', { entity: 'leads', items: '250', page: '12' }),
  seed('out', 'kommo', 'rate_limited', 'retrying', { seconds: '1' }),
  seed('in', 'poll', 'task_completed'),
  seed('out', 'kommo', 'request_failed', 'refused', { status: '403', path: '/api/v4/users' })
];

export function logRow(index: number): LogRow {
  const made = SEEDS[Math.abs(index) % SEEDS.length]!;
  const lead = LEADS[Math.abs(index) % 40]!;
  const about = /^(lead|task)_/.test(made.operation);
  return {
    ...made,
    id: 5000 - index,
    at_ms: now - index * 7000,
    entity_kind: about ? 'lead' : null,
    entity_kommo_id: about ? lead.kommo_id : null,
    entity_name: about ? lead.name : null,
    error_code:
      made.outcome === 'refused'
        ? 'forbidden'
        : made.outcome === 'retrying'
          ? 'rate_limited'
          : null,
    duration_ms: 11 + ((Math.abs(index) * 37) % 340),
    attempt: made.outcome === 'retrying' ? 2 : 1,
    actor: about ? 'kommo' : 'engine'
  };
}

const ROWS = Array.from({ length: 1204 }, (_, index) => logRow(index));

export function logList(request: LogListRequest): LogList {
  const search = request.search?.toLowerCase() ?? '';
  const found = ROWS.filter(
    (row) =>
      (!request.directions?.length || request.directions.includes(row.direction)) &&
      (!request.outcomes?.length || request.outcomes.includes(row.outcome)) &&
      (request.lead_kommo_id == null || row.entity_kommo_id === request.lead_kommo_id) &&
      (`${row.operation} ${row.entity_name ?? ''}`.toLowerCase().includes(search) ||
        request.worded?.operations.includes(row.operation) ||
        request.worded?.channels.includes(row.channel))
  );
  const older = found.filter((row) => request.before_id == null || row.id < request.before_id);
  return { total: found.length, rows: older.slice(0, request.limit ?? 100) };
}

export function logDetail(id: number): LogDetail {
  const row = ROWS.find((one) => one.id === id);
  if (!row) throw new BackendError('log_unknown');
  const lead = LEADS.find((one) => one.kommo_id === row.entity_kommo_id);
  return {
    row,
    difference: lead ? [{ field: 'stage', before: 'Novo Lead', after: 'Em Qualificação' }] : [],
    exchange:
      'GET /api/v4/leads?page=12&limit=250\n\n200 OK\n{"_page": 12, "_embedded": {"leads": […]}}',
    web_url: lead ? `https://solarhorizonte.kommo.com/leads/detail/${lead.kommo_id}` : null,
    lead_id: lead?.id ?? null
  };
}
