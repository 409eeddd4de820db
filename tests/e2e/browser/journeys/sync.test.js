import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { readAccount, uniquelyNamed } from '../support/account.js';
import { journey } from '../support/journey.js';
import { look } from '../support/look.js';
import * as screen from '../support/screen.js';

const LEADS = 3000;

/** People change many things in Kommo; the answer is one of the leads they changed. */
async function letPeopleEdit(kommo) {
  const before = new Map((await readAccount(kommo)).leads.map((lead) => [lead.id, lead]));
  await kommo.control('people', { changes: 40, seed: 1 });
  const { leads } = await readAccount(kommo);
  return uniquelyNamed(leads, (lead) => {
    const old = before.get(lead.id);
    return old && (old.price !== lead.price || old.status_id !== lead.status_id);
  });
}

journey(
  'the page of sync shows the import, then every change made in Kommo',
  {
    kommo: { leads: LEADS },
    core: (kommo) => ({ token: kommo.long_lived_token, args: ['--poll-interval', '1'] })
  },
  async ({ page, kommo, say }) => {
    await screen.go(page, say, say('nav.sync'));
    await screen.heading(page, say('sync.import.running')).waitFor();
    await page.getByRole('progressbar', { name: say('sync.import.progress') }).waitFor();
    await look(page, 'sync-importing');
    await screen.heading(page, say('sync.import.finished')).waitFor();

    const log = page.getByRole('grid', { name: say('sync.log.list') });
    await log.getByText(say('sync.op.import_finished.title')).waitFor();
    await look(page, 'sync');

    const wanted = await letPeopleEdit(kommo);
    const polled = log.getByRole('row').filter({ hasText: say('sync.channel.poll') });
    await polled.first().waitFor();

    // Only the rows in sight exist, and forty changes are more than that: the search brings the wanted one in sight.
    await page.getByRole('searchbox', { name: say('sync.log.search') }).fill(wanted.name);
    await page.waitForFunction(
      ([label, name]) => {
        const rows = [...document.querySelectorAll(`[aria-label="${label}"] [role="row"]`)];
        return rows.length > 0 && rows.every((one) => one.textContent.includes(name));
      },
      [say('sync.log.list'), wanted.name]
    );
    await look(page, 'sync-filtered');

    const row = polled
      .filter({ hasText: wanted.name })
      // Somebody new may bear the same name, and a new person has no difference.
      .filter({ hasNotText: say('sync.op.contact_created.title') });
    await row.first().waitFor();
    // A list under the pointer stands still: until then, new rows push the others down.
    await row.first().hover();
    await row.first().click();
    const detail = page.getByRole('complementary', { name: say('sync.detail.label') });
    await detail.getByText(say('sync.detail.difference')).waitFor();
    await look(page, 'sync-row-open');
    await page.keyboard.press('Escape');
    await detail.waitFor({ state: 'detached' });

    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: say('sync.export'), exact: true }).click()
    ]);
    const lines = (await readFile(await file.path(), 'utf8')).trim().split('\n');
    assert.ok(lines.length >= 2, 'a line of names and the change');
    assert.ok(
      lines.slice(1).every((line) => line.includes(wanted.name)),
      lines.join('\n')
    );
    assert.match(file.suggestedFilename(), /\.csv$/);
  }
);
