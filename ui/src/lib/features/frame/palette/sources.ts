import { goto } from '$app/navigation';
import { call } from '$lib/backend';
import { format } from '$lib/format';
import { t } from '$lib/i18n';
import ArrowRight from '@lucide/svelte/icons/arrow-right';
import User from '@lucide/svelte/icons/user';
import { actions, pages } from './commands';
import type { FoundLeads, Sources } from './palette.svelte';
import { isUnexplained, whyOf, whyOfDetail } from './why';

/** Finds leads and says why; what the rows do not tell is looked up in the leads themselves. */
async function searchLeads(words: string, limit: number): Promise<FoundLeads> {
  const { total, rows } = await call('lead_list', { search: words, limit });
  const leads = rows.map(async (lead) => {
    if (!isUnexplained(lead, words)) return { lead, why: whyOf(lead, words) };
    const detail = await call('lead_get', { lead_id: lead.id }).catch(() => null);
    return { lead, why: detail && whyOfDetail(detail, words) };
  });
  return { total, leads: await Promise.all(leads) };
}

/** Where the palette takes its lines from. `help` shows the shortcuts. */
export function sources(help: () => void): Sources {
  return {
    pages,
    actions: () => actions(help),
    search: searchLeads,
    leadItem: (lead, why) => ({
      id: `lead:${lead.id}`,
      group: 'leads',
      label: lead.name || t('leads.unnamed', { number: lead.kommo_id }),
      hint: why ?? (lead.phone ? format.phone(lead.phone) : (lead.contact_name ?? undefined)),
      icon: User,
      run: () => void goto(`/leads?lead=${encodeURIComponent(lead.id)}`)
    }),
    allLeads: (words, total) => ({
      id: `search:${words}`,
      group: 'leads',
      label: t('frame.palette.all_leads', { count: format.number(total), query: words }),
      icon: ArrowRight,
      run: () => void goto(`/leads?q=${encodeURIComponent(words)}`)
    })
  };
}
