import { call, type Preferences, type PreferencesPatch, type Theme } from '$lib/backend';
import { locale } from '$lib/i18n';

/** Read by static/theme.js before the first paint. */
const STORED = 'cadencia.preferences';

/** What the person prefers. The core keeps it; language and theme are remembered here for the first paint. */
class PreferenceState {
  current = $state.raw<Preferences | null>(null);

  get theme(): Theme {
    return this.current?.theme ?? 'system';
  }

  /** Single-letter shortcuts are on. */
  get shortcuts(): boolean {
    return this.current?.shortcuts ?? true;
  }

  apply(preferences: Preferences) {
    this.current = preferences;
    if (preferences.language) locale.use(preferences.language);
    else locale.useSystem();
    const root = document.documentElement;
    if (preferences.theme === 'system') delete root.dataset.theme;
    else root.dataset.theme = preferences.theme;
    try {
      localStorage.setItem(
        STORED,
        JSON.stringify({ theme: preferences.theme, locale: locale.current })
      );
    } catch {
      // Without storage the first paint follows the system; nothing else is lost.
    }
  }

  /** Shows the change at once, and takes it back when the core refuses it. */
  async set(patch: PreferencesPatch) {
    const before = this.current;
    if (before) this.apply({ ...before, ...patch });
    try {
      this.apply(await call('preferences_set', patch));
    } catch (error) {
      if (before) this.apply(before);
      throw error;
    }
  }
}

export const preferences = new PreferenceState();
