import {
  call,
  type CardChange,
  type ContactView,
  type LeadDetail,
  type PendingView
} from '$lib/backend';
import type { Structure } from '../../structure.svelte';
import type { OpenLead } from '../open-lead.svelte';
import { contactPatch, leadPatch } from './patch';

/** Something with fields that can be changed: a lead, or one of its people. */
export interface Card {
  /** It was deleted in Kommo: it can be read, not changed. */
  readonly isLocked: boolean;
  readonly webUrl: string;
  /** What of `subject` is not in Kommo yet. */
  pending(subject: string): PendingView | undefined;
  change(change: CardChange): Promise<void>;
  retry(outboxId: number): Promise<void>;
  discard(outboxId: number): Promise<void>;
}

export function leadCard(lead: OpenLead, detail: LeadDetail, structure: Structure): Card {
  return {
    isLocked: detail.deleted_at_ms !== null,
    webUrl: detail.web_url,
    pending: (subject) => detail.pending.find((one) => one.subject === subject),
    change: async (change) => {
      const isIncoming = structure.stage(detail.row)?.kind === 'incoming';
      if (isIncoming && !(await lead.acceptance.ask(detail.row.id, change))) return;
      await lead.change([leadPatch(change, structure)], () =>
        call('lead_edit', { lead_id: detail.row.id, changes: [change] })
      );
    },
    retry: (id) => lead.retry(id),
    discard: (id) => lead.discard(id)
  };
}

export function contactCard(
  lead: OpenLead,
  detail: LeadDetail,
  contact: ContactView,
  structure: Structure
): Card {
  return {
    isLocked: detail.deleted_at_ms !== null,
    webUrl: contact.web_url,
    pending: (subject) => contact.pending.find((one) => one.subject === subject),
    change: (change) =>
      lead.change([contactPatch(contact.id, change, structure)], () =>
        call('contact_edit', { contact_id: contact.id, changes: [change] })
      ),
    retry: (id) => lead.retry(id),
    discard: (id) => lead.discard(id)
  };
}
