import type { FieldView } from '$lib/backend';
import { maybe } from '$lib/i18n';

type Options = Pick<FieldView, 'options'>;

/** Kommo gives the kinds of phones and e-mails as codes. */
const words = (label: string) => maybe(`edit.kind.${label}`) ?? label;

/** The kinds a phone or an e-mail can be of. */
export function kindOptions(field: Options): { value: string; label: string }[] {
  return field.options.map(({ enum_id, label }) => ({
    value: String(enum_id),
    label: words(label)
  }));
}

/** What kind of phone or e-mail it is; null when Kommo does not say. */
export function kindLabel(field: Options, enumId: number | null): string | null {
  const option = field.options.find((one) => one.enum_id === enumId);
  return option ? words(option.label) : null;
}
