// What the subscription and its test read like.
import type { WebhookState, WebhookTest, WebhookView } from '$lib/backend';
import { format } from '$lib/format';
import { maybe, t } from '$lib/i18n';
import type { Tone } from '$lib/ui/types';

export const SUBSCRIPTION_TONES: Record<WebhookState, Tone> = {
  off: 'neutral',
  unchecked: 'info',
  active: 'good',
  refused: 'bad',
  failing: 'warn'
};

export interface Trouble {
  title: string;
  remedy: string;
}

/** Why Kommo does not call, and what to do; nothing while it does. */
export function troubleOf(view: Pick<WebhookView, 'state' | 'reason'>): Trouble | null {
  if (view.state !== 'refused' && view.state !== 'failing') return null;
  const own = view.reason && maybe(`webhook.trouble.${view.reason}.title`);
  if (own) return { title: own, remedy: maybe(`webhook.trouble.${view.reason}.remedy`) ?? '' };
  const error = view.reason && maybe(`errors.${view.reason}.title`);
  const title = error || t(`webhook.trouble.${view.state}.title`);
  return { title, remedy: t(`webhook.trouble.${view.state}.remedy`) };
}

/** How a test of the way went. */
export function testWords(test: WebhookTest): Trouble {
  if (test.is_reached) {
    const duration = format.duration(test.took_ms);
    return {
      title: t('webhook.test.reached', { duration }),
      remedy: t('webhook.test.reached_body')
    };
  }
  const values = { status: String(test.status ?? '') };
  const code =
    test.problem && maybe(`webhook.test.${test.problem}`, values) ? test.problem : 'unreachable';
  return {
    title: maybe(`webhook.test.${code}`, values) ?? '',
    remedy: maybe(`webhook.test.${code}_body`, values) ?? ''
  };
}
