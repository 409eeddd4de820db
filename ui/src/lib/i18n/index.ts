export type { MessageKey } from './catalogue';
export { locale } from './locale.svelte';
export { LOCALES, LOCALE_NAMES, negotiate, type LocaleCode } from './locales';
export { maybe, t, translate, type Values } from './translate';
