import { toBackendError, type PreferencesPatch } from '$lib/backend';
import { t } from '$lib/i18n';
import { preferences } from '$lib/state/preferences.svelte';
import { toasts } from '$lib/ui';
import { errorWords } from '$lib/words/problem';

/** Runs something of the settings page; a failure is said in the corner. Tells whether it went well. */
export async function attempt(work: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await work();
    if (done) toasts.show({ tone: 'good', title: done });
    return true;
  } catch (thrown) {
    toasts.show({ tone: 'bad', ...errorWords(toBackendError(thrown)) });
    return false;
  }
}

/** Changes a preference. It shows at once; `said` also says so, for what cannot be seen. */
export function save(patch: PreferencesPatch, said = false): Promise<boolean> {
  return attempt(() => preferences.set(patch), said ? t('settings.saved') : undefined);
}
