import { beforeEach, describe, expect, it, vi } from 'vitest';
import { accounts } from './accounts.svelte';
import { app } from './app.svelte';
import { feeds } from './feeds';
import { preferences } from './preferences.svelte';
import { sync } from './sync.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import { zone } from '$lib/format';
import { locale } from '$lib/i18n';
import { applyEvent } from '$lib/backend/events';
import { fakeBackend } from '$lib/backend/fake';
import { syncStatus } from '$lib/backend/fake/status';

const status = await fakeBackend('usual').call('app_status');

describe('an event', () => {
  beforeEach(() => applyEvent({ type: 'app_changed', status }));

  it('of the program sets accounts, preferences and time zone', () => {
    expect(app.isOpen).toBe(true);
    expect(accounts.current?.name).toBe('Solar Horizonte');
    expect(zone.current).toBe('America/Sao_Paulo');
  });

  it('of preferences changes language and theme at once', () => {
    applyEvent({
      type: 'preferences_changed',
      preferences: { ...status.preferences, language: 'es', theme: 'dark' }
    });
    expect(locale.current).toBe('es');
    expect(document.documentElement.dataset.theme).toBe('dark');
    expect(JSON.parse(localStorage.getItem('cadencia.preferences')!)).toEqual({
      theme: 'dark',
      locale: 'es'
    });
    expect(preferences.theme).toBe('dark');
    applyEvent({ type: 'preferences_changed', preferences: status.preferences });
    expect(document.documentElement.dataset.theme).toBeUndefined();
  });

  it('of another account’s mirror does not change the one on the screen', () => {
    applyEvent({ type: 'sync_changed', status: syncStatus('usual', 'a1') });
    applyEvent({ type: 'sync_changed', status: syncStatus('offline', 'a2') });
    expect(sync.status?.account_id).toBe('a1');
    expect(sync.status?.connection).toBe('connected');
  });

  it('of a list reaches whoever follows it, until they stop', () => {
    const heard = vi.fn();
    const stop = feeds.leads.subscribe(heard);
    const event = { type: 'leads_changed', account_id: 'a1', lead_ids: ['x'] } as const;
    applyEvent({ ...event, lead_ids: ['x'] });
    stop();
    applyEvent({ ...event, lead_ids: ['y'] });
    expect(heard).toHaveBeenCalledOnce();
    expect(heard).toHaveBeenCalledWith({ ...event, lead_ids: ['x'] });
  });

  it('worth saying is said in the corner', () => {
    applyEvent({
      type: 'notice',
      notice: { kind: 'import_finished', title: 'Pronto', body: '8.214 leads' }
    });
    expect(toasts.list.at(-1)).toMatchObject({ tone: 'good', title: 'Pronto' });
  });
});
