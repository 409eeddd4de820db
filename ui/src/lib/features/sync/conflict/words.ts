// What a value that lost reads like.
import type { ChangeAuthor, ConflictView } from '$lib/backend';
import { maybe, t } from '$lib/i18n';
import { changedField } from '$lib/words/changes';

type Lost = Pick<ConflictView, 'reason' | 'field' | 'is_ours_kept'>;

/** The field by its name, within a sentence. */
const named = ({ field }: Pick<ConflictView, 'field'>) => changedField(field);

/** What happened, in one sentence. */
export function conflictTitle(row: Lost): string {
  const values = { field: named(row) };
  return (
    maybe(`outbox.conflict.reason.${row.reason}`, values) ??
    t(
      row.is_ours_kept
        ? 'outbox.conflict.reason.overwritten'
        : 'outbox.conflict.reason.changed_in_kommo',
      values
    )
  );
}

/** Whose the value from Kommo is. */
export function authorLabel(author: ChangeAuthor): string {
  if (author.who !== 'person') return t(`outbox.conflict.by.${author.who}`);
  const name = author.name ?? t('outbox.conflict.by.user', { number: String(author.user_id) });
  return t('outbox.conflict.by.person', { name });
}

/** The button that asks for the lost value again. */
export function undoLabel(row: Lost): string {
  if (row.is_ours_kept) return t('outbox.conflict.use_theirs');
  const isAutomatic = row.reason === 'backwards' || row.reason === 'stage_of_person';
  return t(isAutomatic ? 'outbox.conflict.use_anyway' : 'outbox.conflict.use_mine');
}

/** How a decided one ended. */
export function endedLabel(row: Pick<ConflictView, 'is_undone'>): string {
  return t(row.is_undone ? 'outbox.conflict.undone' : 'outbox.conflict.dismissed');
}
