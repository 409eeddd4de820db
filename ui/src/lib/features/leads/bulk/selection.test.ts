import { describe, expect, it } from 'vitest';
import type { BulkLeads, LeadRow } from '$lib/backend';
import { LeadSelection } from './selection.svelte';

const row = (index: number) => ({ id: `l${index}` }) as LeadRow;
const between = async (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, place) => row(from + place));
const MATCHING: Extract<BulkLeads, { by: 'matching' }> = {
  by: 'matching',
  search: 'ana',
  filters: { stages: [], pipeline_ids: [], responsible_ids: [], tag_ids: [], fields: [] }
};

async function marked(...steps: [index: number, reach?: boolean][]): Promise<LeadSelection> {
  const selection = new LeadSelection();
  for (const [index, reach = false] of steps)
    await selection.toggle(row(index), index, reach, 100, between);
  return selection;
}

const ids = (selection: LeadSelection) => {
  const leads = selection.leads(MATCHING);
  return leads.by === 'ids' ? leads.lead_ids : leads;
};

describe('the marked leads', () => {
  it('are marked one by one, and a second time takes the mark off', async () => {
    expect(ids(await marked([3], [5], [3]))).toEqual(['l5']);
  });

  it('reach from the last marked one, in both directions', async () => {
    expect(ids(await marked([3], [6, true]))).toEqual(['l3', 'l4', 'l5', 'l6']);
    expect(ids(await marked([6], [3, true]))).toEqual(['l6', 'l3', 'l4', 'l5']);
  });

  it('can be all that match, without naming them', async () => {
    const selection = await marked([3]);
    selection.all();
    expect(selection.count(8214)).toBe(8214);
    expect(selection.has('l77')).toBe(true);
    expect(selection.leads(MATCHING)).toBe(MATCHING);
  });

  it('become named ones when one is taken out of all', async () => {
    const selection = await marked();
    selection.all();
    await selection.toggle(row(9), 9, false, 100, between);
    expect(selection.count(100)).toBe(99);
    expect(selection.has('l9')).toBe(false);
    expect(selection.has('l10')).toBe(true);
  });

  it('begin anew when one is taken out of more than can be changed together', async () => {
    const selection = await marked();
    selection.all();
    await selection.toggle(row(9), 9, false, 50_000, between);
    expect(selection.hasAny).toBe(false);
  });
});
