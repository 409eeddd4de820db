import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { violation } from './import-zones.js';

const lib = path.resolve(import.meta.dirname, '../src/lib');
const at = (file: string) => path.join(lib, file);

describe('import zones', () => {
  it.each([
    ['features/leads/LeadTable.svelte', '$lib/features/sync/SyncLog.svelte'],
    ['features/leads/LeadTable.svelte', '../sync/log.svelte'],
    ['ui/Button.svelte', '$lib/features/leads/lead'],
    ['ui/Button.svelte', '$lib/state/accounts.svelte'],
    ['ui/Button.svelte', '$lib/backend'],
    ['format/dates.ts', '$lib/backend'],
    ['features/leads/list.svelte.ts', '@tauri-apps/api/core'],
    ['backend/http.ts', '@tauri-apps/api/core']
  ])('%s may not import %s', (from, source) => {
    expect(violation(at(from), source)).not.toBeNull();
  });

  it.each([
    ['features/leads/LeadTable.svelte', './list.svelte'],
    ['features/leads/LeadTable.svelte', '$lib/ui'],
    ['features/leads/list.svelte.ts', '$lib/backend'],
    ['backend/tauri.ts', '@tauri-apps/api/core'],
    ['../routes/leads/+page.svelte', '$lib/features/leads/LeadTable.svelte'],
    ['i18n/catalogue.ts', '../../../messages/en/nav.json'],
    ['ui/Button.svelte', 'svelte']
  ])('%s may import %s', (from, source) => {
    expect(violation(at(from), source)).toBeNull();
  });
});
