import type { FieldValueView, FieldView } from '$lib/backend';

export type KnownField = Pick<FieldView, 'kommo_id' | 'name' | 'kind' | 'options'>;

export interface FieldLine {
  field: KnownField;
  value: FieldValueView | undefined;
  /** The account has the field: it can be filled in. */
  isKnown: boolean;
}

/** Every field in the account's order with its value; values of fields the account no longer has come last. */
export function fieldLines(
  values: readonly FieldValueView[],
  fields: readonly FieldView[]
): FieldLine[] {
  const known = new Set(fields.map((field) => field.kommo_id));
  const lost = values.filter((value) => !known.has(value.field_id));
  return [
    ...fields.map((field) => ({
      field,
      value: values.find((value) => value.field_id === field.kommo_id),
      isKnown: true
    })),
    ...lost.map((value) => ({
      field: { kommo_id: value.field_id, name: value.name, kind: value.kind, options: [] },
      value,
      isKnown: false
    }))
  ];
}

export function isFilled(line: FieldLine): boolean {
  return line.value?.values.some((value) => value.trim() !== '') ?? false;
}
