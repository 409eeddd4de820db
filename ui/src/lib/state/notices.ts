import type { Notice, NoticeKind } from '$lib/backend';
import { toasts, type ToastTone } from '$lib/ui/toasts.svelte';

const TONES: Record<NoticeKind, ToastTone> = {
  import_finished: 'good',
  connection_lost: 'warn',
  connection_restored: 'good',
  needs_sign_in: 'bad',
  token_expiring: 'warn',
  changes_wedged: 'bad'
};

/** Notices of the core, already in the person's language. The shell shows them outside the window. */
export const notices = {
  show(notice: Notice) {
    toasts.show({ tone: TONES[notice.kind], title: notice.title, body: notice.body });
  }
};
