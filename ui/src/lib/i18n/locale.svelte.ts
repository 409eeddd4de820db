import { negotiate, type LocaleCode } from './locales';

/** The language on the screen. Whoever reads `current` in a template follows its changes. */
class Locale {
  current = $state<LocaleCode>(
    negotiate(typeof navigator === 'undefined' ? [] : navigator.languages)
  );

  use(code: LocaleCode) {
    this.current = code;
    document.documentElement.lang = code;
  }

  /** Follows the system's preference. */
  useSystem() {
    this.use(negotiate(navigator.languages));
  }
}

export const locale = new Locale();
