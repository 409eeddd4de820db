/** The languages every word exists in; the first is the one the product is written in. */
export const LOCALES = ['pt-BR', 'en', 'es'] as const;

export type LocaleCode = (typeof LOCALES)[number];

/** Each language's own name for itself. */
export const LOCALE_NAMES: Record<LocaleCode, string> = {
  'pt-BR': 'Português (Brasil)',
  en: 'English',
  es: 'Español'
};

/** The best of ours for what the system asks for, in its order of preference. */
export function negotiate(wanted: readonly string[]): LocaleCode {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split('-')[0];
    const found = LOCALES.find((locale) => locale.toLowerCase().split('-')[0] === language);
    if (found) return found;
  }
  return LOCALES[0];
}
