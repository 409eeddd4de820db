import type { LocaleCode } from '$lib/i18n';

/**
 * A number as people type it: `4250`, `4.250,50`, `R$ 4.250`, `4250.5`. One mark with three digits behind it
 * separates thousands where the language writes them so, and decimals where it does not. Null for anything else.
 */
export function parseNumber(text: string, locale: LocaleCode): number | null {
  const clean = text.replace(/^\s*(R\$|US\$|\$|€)/, '').replace(/[\s\u00a0\u202f]/g, '');
  if (!/^-?\d[\d.,]*$|^-?[.,]\d+$/.test(clean)) return null;
  const marks = clean.match(/[.,]/g) ?? [];
  const last = marks.at(-1);
  if (!last) return Number(clean);
  const group = locale === 'en' ? ',' : '.';
  const behind = clean.length - clean.lastIndexOf(last) - 1;
  const isAlone = marks.every((mark) => mark === last);
  const whole = clean.slice(0, clean.indexOf(last)).replace('-', '');
  const separatesThousands =
    isAlone && behind === 3 && (marks.length > 1 || (last === group && whole !== '0'));
  if (isAlone && marks.length > 1 && !separatesThousands) return null;
  if (separatesThousands) return Number(clean.replace(/[.,]/g, ''));
  const place = clean.lastIndexOf(last);
  const number = Number(
    `${clean.slice(0, place).replace(/[.,]/g, '') || '0'}.${clean.slice(place + 1) || '0'}`
  );
  return Number.isFinite(number) ? number : null;
}
