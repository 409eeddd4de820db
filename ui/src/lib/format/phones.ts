// E.164 numbers as people read them. Parsing and validity belong to the core; this only draws.

interface Parts {
  country: string;
  area: string;
  rest: string;
}

function split(e164: string): Parts | null {
  const digits = e164.replace(/\D/g, '');
  // Brazil: two digits of area, then eight, or nine starting with 9.
  const brazil = /^(55)(\d{2})(9?\d{8})$/.exec(digits);
  if (brazil) return { country: brazil[1]!, area: brazil[2]!, rest: brazil[3]! };
  return null;
}

/** `+55 11 98765-4417`. */
export function formatPhone(e164: string): string {
  const parts = split(e164);
  if (!parts) return e164;
  return `+${parts.country} ${parts.area} ${parts.rest.slice(0, -4)}-${parts.rest.slice(-4)}`;
}

/** A phone as somebody typed it into a field, drawn like the others; what does not look like one stays as it came. */
export function formatTypedPhone(typed: string): string {
  if (!/^[+\d\s()./-]+$/.test(typed)) return typed;
  const digits = typed.replace(/\D/g, '');
  if (split(digits)) return formatPhone(digits);
  const [, area, rest] = (!typed.includes('+') && /^0?([1-9]\d)(9?\d{8})$/.exec(digits)) || [];
  return area && rest ? `${area} ${rest.slice(0, -4)}-${rest.slice(-4)}` : typed;
}

/** Whether a field of that name holds a phone: Kommo knows no such type but the contact's own. */
export function isPhoneField(name: string): boolean {
  return /whats|fone|phone|celular|tel[eé]f|m[oó]vil/i.test(name);
}

/** `+55 11 9•••• 4417`: enough to recognise a lead, not enough to call one. */
export function maskPhone(e164: string): string {
  const parts = split(e164);
  if (parts) {
    const lead = parts.rest.length === 9 ? '9' : '';
    return `+${parts.country} ${parts.area} ${lead}•••• ${parts.rest.slice(-4)}`;
  }
  const digits = e164.replace(/\D/g, '');
  if (digits.length < 8) return digits ? '••••' : e164;
  return `+${digits.slice(0, 2)} •••• ${digits.slice(-4)}`;
}
