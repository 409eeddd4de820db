import { goto } from '$app/navigation';
import { call } from '$lib/backend';
import { format } from '$lib/format';
import { t } from '$lib/i18n';
import ArrowRight from '@lucide/svelte/icons/arrow-right';
import User from '@lucide/svelte/icons/user';
import { actions, pages } from './commands';
import type { Sources } from './palette.svelte';

/** Where the palette takes its lines from. `help` shows the shortcuts. */
export function sources(help: () => void): Sources {
  return {
    pages,
    actions: () => actions(help),
    search: (words) => call('lead_list', { search: words, limit: 8 }),
    leadItem: (lead) => ({
      id: `lead:${lead.id}`,
      group: 'leads',
      label: lead.name || t('leads.unnamed', { number: lead.kommo_id }),
      hint: lead.phone ? format.maskedPhone(lead.phone) : (lead.contact_name ?? undefined),
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
