import { format, isPhoneField } from '$lib/format';
import { t } from '$lib/i18n';

/** One value of a custom field, ready to be drawn. */
export interface Fact {
  text: string;
  /** A web address, an e-mail address or a telephone number to open. */
  href?: string;
  /** Its lines and spaces matter. */
  isLong?: boolean;
}

const isNumber = (text: string) => /^-?\d+(\.\d+)?$/.test(text.trim());

/** Kommo keeps dates as seconds; what is no number is shown as it came. */
function instant(value: string, draw: (ms: number) => string): Fact {
  return { text: isNumber(value) ? draw(Number(value) * 1000) : value };
}

function link(value: string): Fact {
  const address = /^https?:\/\//i.test(value) ? value : `https://${value}`;
  try {
    const url = new URL(address);
    if (!url.hostname.includes('.')) return { text: value };
    return { text: value.replace(/^https?:\/\/(www\.)?/i, '').replace(/\/$/, ''), href: url.href };
  } catch {
    return { text: value };
  }
}

/** A value as its field's type wants it read. */
export function factOf(kind: string, value: string, currency: string): Fact {
  switch (kind) {
    case 'date':
    case 'birthday':
      return instant(value, format.date);
    case 'date_time':
      return instant(value, (ms) => format.dateTime(ms));
    case 'monetary':
    case 'price':
      return { text: isNumber(value) ? format.money(Number(value), currency) : value };
    case 'numeric':
      return { text: isNumber(value) ? format.number(Number(value), 6) : value };
    case 'checkbox':
      return {
        text: value === 'true' || value === '1' ? t('ui.yes') : t('ui.no')
      };
    case 'url':
      return link(value);
    case 'textarea':
      return { text: value, isLong: true };
    case 'file':
      return { text: value || t('leads.detail.file') };
    default:
      return { text: value };
  }
}

/** A value of a field as it is shown; the field of a phone by its name, whatever its type. */
export function fieldFact(
  field: { name: string; kind: string },
  value: string,
  currency: string
): Fact {
  const phone = isPhoneField(field.name) ? format.typedPhone(value) : value;
  return phone === value ? factOf(field.kind, value, currency) : { text: phone };
}
