import type { BulkLeads, BulkPreview, CardChange, LeadRow } from '../contract.gen';
import { LEADS, matches } from './leads';
import { PIPELINES, USERS } from './structure';

export function leadsOf(leads: BulkLeads): LeadRow[] {
  if (leads.by === 'ids') return LEADS.filter((lead) => leads.lead_ids.includes(lead.id));
  const { search, filters } = leads;
  return LEADS.filter((lead) => matches(lead, { search: search ?? '', filters }));
}

export function isDifferent(lead: LeadRow, change: CardChange): boolean {
  switch (change.of) {
    case 'stage':
      return lead.pipeline_id !== change.pipeline_id || lead.status_id !== change.status_id;
    case 'responsible':
      return lead.responsible_id !== change.user_id;
    case 'tag_add':
      return !lead.tags.some((tag) => tag.name === change.name);
    case 'tag_remove':
      return lead.tags.some((tag) => tag.name === change.name);
    default:
      return false;
  }
}

const stages = PIPELINES.flatMap((pipeline) => pipeline.stages);

const isIncoming = (lead: LeadRow) =>
  stages.some(
    (stage) =>
      stage.kind === 'incoming' &&
      stage.pipeline_id === lead.pipeline_id &&
      stage.status_id === lead.status_id
  );

function standsAt(lead: LeadRow, change: CardChange): string {
  if (change.of === 'responsible')
    return USERS.find((user) => user.kommo_id === lead.responsible_id)?.name ?? '';
  const isHere = (stage: (typeof stages)[number]) =>
    stage.pipeline_id === lead.pipeline_id && stage.status_id === lead.status_id;
  return stages.find(isHere)?.name ?? '';
}

export function previewOf(asked: LeadRow[], change: CardChange, most: number): BulkPreview {
  const different = asked.filter((lead) => isDifferent(lead, change));
  const from = new Map<string, number>();
  for (const lead of different) {
    const name = standsAt(lead, change);
    from.set(name, (from.get(name) ?? 0) + 1);
  }
  return {
    leads: asked.length,
    changes: different.length,
    unchanged: asked.length - different.length,
    accepts: different.filter(isIncoming).length,
    is_too_many: asked.length > most,
    from: [...from].map(([name, leads]) => ({ name, leads })).sort((a, b) => b.leads - a.leads),
    examples: different.slice(0, 5).map((lead) => lead.name)
  };
}
