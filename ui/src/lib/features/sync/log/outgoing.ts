// The words of log rows about what goes to Kommo and what Kommo tells.
import type { LogRow } from '$lib/backend';
import { maybe, t } from '$lib/i18n';
import { causeWords } from '$lib/words/changes';
import { kindsText, reasonText } from '../delivery/words';

type Named = (field: string) => string;
type Read = (field: string, value: string | null) => string;

/** What a row about a change of ours says; nothing for other rows. */
export function outgoingText(row: LogRow, name: Named, read: Read): string | undefined {
  const { fields, before, after, reason } = row.details;
  if (row.operation === 'change_sent' && fields === 'tags' && (before || after)) {
    return t(after ? 'sync.tag.added' : 'sync.tag.removed', { name: after || before || '' });
  }
  if (row.operation !== 'change_lost' || !fields) return undefined;
  return maybe(`sync.lost.${reason}`, {
    field: name(fields),
    before: read(fields, before ?? null),
    after: read(fields, after ?? null)
  });
}

/** The row's codes by their words: what Kommo refused, what a delivery tells, why it was left alone. */
export function codeWords(row: LogRow): Record<string, string> {
  const { cause, reason, kinds, kind } = row.details;
  const found: Record<string, string> = {};
  if (cause) found.cause = maybe(`errors.${cause}.title`) ?? causeWords(cause).title;
  if (row.operation.startsWith('delivery_')) {
    if (reason) found.why = reasonText({ state: 'ignored', reason }) ?? '';
    if (kinds) found.told = kindsText(kinds.split(',').map((one) => one.trim()));
  }
  if (row.channel === ('outbox' as LogRow['channel']) && kind) {
    const words = maybe(`outbox.kind.${kind}`);
    if (words) found.kind = words;
  }
  return found;
}

/** How a fact that is a code reads beside its label; empty when the row's title tells it already. */
export function factWords(row: LogRow, key: string): string | undefined {
  const { cause, kind, told, why } = codeWords(row);
  switch (key) {
    case 'cause':
      return cause;
    case 'kind':
      return kind;
    case 'kinds':
      return told;
    case 'reason':
      return row.operation === 'change_lost' ? '' : why;
    default:
      return undefined;
  }
}
