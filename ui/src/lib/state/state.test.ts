import { beforeEach, describe, expect, it } from 'vitest';
import { BackendError, setBackend } from '$lib/backend';
import { fakeBackend, type FakeBackend } from '$lib/backend/fake';
import { locale } from '$lib/i18n';
import { accounts } from './accounts.svelte';
import { app } from './app.svelte';
import { Loader } from './loader.svelte';
import { preferences } from './preferences.svelte';
import { start } from './start';
import { sync } from './sync.svelte';

let backend: FakeBackend;

beforeEach(async () => {
  backend = fakeBackend('usual');
  setBackend(backend);
  (await start())();
});

describe('the start', () => {
  it('reads the program, the preferences, the accounts and the mirror', () => {
    expect(app.phase).toBe('ready');
    expect(accounts.list).toHaveLength(2);
    expect(preferences.current?.poll_interval_s).toBe(30);
    expect(sync.status?.counts.contacts).toBe(7620);
  });

  it('tells the core which language the page speaks, as nobody’s choice', () => {
    expect(backend.calls[0]).toMatchObject({
      command: 'app_status',
      request: { language: locale.current }
    });
    expect(backend.calls.map((call) => call.command)).not.toContain('preferences_set');
    expect(preferences.current?.language).toBeNull();
  });

  it('asks nothing of a mirror that is locked', async () => {
    backend = fakeBackend('locked');
    setBackend(backend);
    (await start())();
    expect(app.isOpen).toBe(false);
    expect(backend.calls.map((call) => call.command)).toEqual(['app_status']);
  });
});

describe('preferences', () => {
  it('are taken back when the core refuses them', async () => {
    backend.failNext('preferences_set', new BackendError('storage_full'));
    await expect(preferences.set({ theme: 'dark' })).rejects.toMatchObject({
      code: 'storage_full'
    });
    expect(preferences.theme).toBe('system');
    expect(document.documentElement.dataset.theme).toBeUndefined();
  });
});

describe('accounts', () => {
  it('selects another one once', async () => {
    await accounts.select('a2');
    await accounts.select('a2');
    expect(accounts.current?.name).toBe('Energia Litoral');
    expect(backend.calls.filter((call) => call.command === 'account_select')).toHaveLength(1);
    await accounts.select('a1');
  });
});

describe('a loader', () => {
  it('shows the answer to the last question, not the last answer', async () => {
    const answers: ((value: string) => void)[] = [];
    const loader = new Loader(() => new Promise<string>((resolve) => answers.push(resolve)));
    const first = loader.load();
    const second = loader.load();
    answers[1]!('new');
    await second;
    answers[0]!('old');
    await first;
    expect(loader.value).toBe('new');
    expect(loader.loading).toBe(false);
  });

  it('keeps what it has when reading again fails, and says so', async () => {
    let fails = false;
    const loader = new Loader(async () => {
      if (fails) throw new BackendError('timed_out');
      return 1;
    });
    await loader.load();
    fails = true;
    await loader.load();
    expect(loader.value).toBe(1);
    expect(loader.error?.code).toBe('timed_out');
  });

  it('forgets an answer that was still on its way', async () => {
    let answer: (value: number) => void = () => {};
    const loader = new Loader(() => new Promise<number>((resolve) => (answer = resolve)));
    const reading = loader.load();
    loader.clear();
    answer(1);
    await reading;
    expect(loader.value).toBeNull();
  });
});
