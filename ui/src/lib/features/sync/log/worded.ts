// A search of the log looks for what a row shows; the core knows only its codes. Which codes have the
// searched words is found here and sent along.
import type { LogChannel, LogOutcome, LogWorded } from '$lib/backend';
import { locale, t } from '$lib/i18n';
import { catalogue } from '$lib/i18n/catalogue';
import { matchesWords } from '$lib/ui/match';
import { CHANGES } from './wording';

/** The codes under `sync.<area>` with their words; a message that has facts in it is no word of its own. */
function words(area: string, leaf = ''): [code: string, text: string][] {
  const found: [string, string][] = [];
  for (const [key, text] of catalogue[locale.current]) {
    if (!key.startsWith(`sync.${area}.`) || !key.endsWith(leaf)) continue;
    const code = key.slice(`sync.${area}.`.length, leaf ? -leaf.length : undefined);
    if (!text.includes('{')) found.push([code, text]);
  }
  return found;
}

/** The codes whose words hold all of `search`; null when there are none. */
export function wordedAs(search: string): LogWorded | null {
  if (search.trim().length < 2) return null;
  const matching = (list: [code: string, text: string][]) =>
    list.filter(([, text]) => matchesWords(text, search)).map(([code]) => code);

  const changed = [1, 2].map((count) => t('sync.changed', { count, fields: '' })).join(' ');
  const many = t('sync.changed_many', { count: 2 });
  const notes = new Map(words('op', '.note'));
  const operations = words('op', '.title').map(([code, title]): [string, string] => [
    code,
    [title, notes.get(code) ?? '', ...(CHANGES.test(code) ? [changed, many] : [])].join(' ')
  ]);
  const fields = words('field').map(([code, label]): [string, string] => [
    code,
    `${label} ${changed}`
  ]);
  const kinds = ['lead', 'contact', 'company', 'task', 'note'] as const;

  const found: LogWorded = {
    operations: matching(operations),
    channels: matching(words('channel')) as LogChannel[],
    outcomes: matching(words('outcome')) as LogOutcome[],
    entity_kinds: matching(kinds.map((kind) => [kind, t(`sync.subject.${kind}`, { number: '' })])),
    // A word that every change has is not about its field.
    fields: matchesWords(changed, search) ? [] : matching(fields)
  };
  return Object.values(found).some((codes) => codes.length > 0) ? found : null;
}
