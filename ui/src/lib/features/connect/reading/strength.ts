/** How hard a passphrase is to guess. */
export type Strength = 'short' | 'weak' | 'fair' | 'strong';

/** The core refuses less. */
export const SHORTEST = 8;

const COMMON =
  /^(senha|password|contrase[nñ]a|cad[eê]ncia|kommo|qwert\w*|abcd\w*|admin|vendas|ventas|sales)?[\d\W_]*$/i;

/** A row of neighbours (`12345678`, `abcdefgh`) or one letter repeated. */
function isRow(text: string): boolean {
  const codes = [...text].map((char) => char.codePointAt(0) ?? 0);
  const steps = codes.slice(1).map((code, index) => code - (codes[index] ?? 0));
  return steps.every((step) => step === steps[0] && Math.abs(step) <= 1);
}

/** A plain estimate by length, variety and the habits everybody tries first. */
export function strengthOf(passphrase: string): Strength {
  const letters = [...passphrase];
  if (letters.length < SHORTEST) return 'short';
  if (COMMON.test(passphrase) || isRow(passphrase)) return 'weak';
  const distinct = new Set(letters).size;
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\d/, /[^\p{L}\d\s]/u].filter((kind) =>
    kind.test(passphrase)
  );
  const words = passphrase.trim().split(/\s+/).length;
  if (distinct < 5) return 'weak';
  if (letters.length >= 16 || (words >= 3 && letters.length >= 14)) return 'strong';
  if (letters.length >= 12 || kinds.length >= 3) return 'fair';
  return 'weak';
}
