import { goto } from '$app/navigation';
import { call, toBackendError, type PreferencesPatch } from '$lib/backend';
import { t } from '$lib/i18n';
import { NAV } from '$lib/nav';
import { accounts } from '$lib/state/accounts.svelte';
import { preferences } from '$lib/state/preferences.svelte';
import { sync } from '$lib/state/sync.svelte';
import { toasts } from '$lib/ui';
import { errorWords } from '$lib/words/problem';
import ClockArrowUp from '@lucide/svelte/icons/clock-arrow-up';
import Keyboard from '@lucide/svelte/icons/keyboard';
import ListChecks from '@lucide/svelte/icons/list-checks';
import Monitor from '@lucide/svelte/icons/monitor';
import Moon from '@lucide/svelte/icons/moon';
import Plus from '@lucide/svelte/icons/plus';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import Sun from '@lucide/svelte/icons/sun';
import UsersRound from '@lucide/svelte/icons/users-round';
import type { PaletteItem } from './palette.svelte';

async function tell(work: Promise<unknown>, done?: string): Promise<void> {
  try {
    await work;
    if (done) toasts.show({ tone: 'good', title: done });
  } catch (thrown) {
    toasts.show({ tone: 'bad', ...errorWords(toBackendError(thrown)) });
  }
}

const set = (patch: PreferencesPatch) => void tell(preferences.set(patch));

/** The pages one can go to. */
export function pages(): PaletteItem[] {
  return NAV.map((item) => ({
    id: `page:${item.href}`,
    group: 'pages',
    label: t(item.label),
    icon: item.icon,
    keys: ['G', item.key.toUpperCase()],
    run: () => void goto(item.href)
  }));
}

/** What can be done from anywhere. `help` shows the shortcuts. */
export function actions(help: () => void): PaletteItem[] {
  const account = accounts.current;
  const action = (
    id: string,
    label: string,
    icon: PaletteItem['icon'],
    run: () => void
  ): PaletteItem => ({ id: `action:${id}`, group: 'actions', label, icon, run });

  const list: PaletteItem[] = [];
  if (account) {
    list.push(
      {
        ...action(
          'poll',
          t('frame.action.poll'),
          RefreshCw,
          () => void tell(sync.pollNow(), t('frame.polled'))
        ),
        ...(sync.needsSignIn ? { unavailable: t('frame.sign_in_first') } : {})
      },
      action('health', t('frame.action.health'), ListChecks, () => void goto('/health'))
    );
  }
  const { theme } = preferences;
  if (theme !== 'light') {
    list.push(action('light', t('frame.action.theme_light'), Sun, () => set({ theme: 'light' })));
  }
  if (theme !== 'dark') {
    list.push(action('dark', t('frame.action.theme_dark'), Moon, () => set({ theme: 'dark' })));
  }
  if (theme !== 'system') {
    list.push(
      action('system', t('frame.action.theme_system'), Monitor, () => set({ theme: 'system' }))
    );
  }
  for (const other of accounts.list) {
    if (other.id === account?.id) continue;
    const label = t('frame.action.switch_account', { name: other.name });
    list.push(
      action(`account:${other.id}`, label, UsersRound, () => void tell(accounts.select(other.id)))
    );
  }
  if (account?.is_demo) {
    const advance = (seconds: number) => () =>
      void tell(call('demo_clock_advance', { advance_s: seconds }), t('frame.demo_moved'));
    list.push(
      action('demo_hour', t('frame.action.demo_hour'), ClockArrowUp, advance(3600)),
      action('demo_day', t('frame.action.demo_day'), ClockArrowUp, advance(86_400))
    );
  }
  list.push(
    action('connect', t('frame.action.add_account'), Plus, () => void goto('/connect')),
    action('keys', t('frame.action.shortcuts'), Keyboard, help)
  );
  return list;
}
