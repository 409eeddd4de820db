import assert from 'node:assert/strict';
import { readAccount, uniquelyNamed } from '../support/account.js';
import { journey } from '../support/journey.js';
import { look } from '../support/look.js';
import * as screen from '../support/screen.js';

journey(
  'everything can be reached with the keyboard alone',
  { core: (kommo) => ({ token: kommo.long_lived_token }) },
  async ({ page, kommo, say }) => {
    await screen.importIsDone(page, say);
    const { keyboard } = page;
    const { leads } = await readAccount(kommo);
    const wanted = uniquelyNamed(leads);

    await keyboard.press('g');
    await keyboard.press('h');
    await page.getByText(say('home.stages.title')).waitFor();

    await keyboard.press('Control+k');
    const palette = page.getByRole('dialog', { name: say('frame.palette.label') });
    await palette.waitFor();
    await look(page, 'palette');
    await keyboard.type(wanted.name);
    await palette.getByRole('option', { name: wanted.name }).first().waitFor();
    await look(page, 'palette-found');
    await keyboard.press('Enter');
    const drawer = screen.openedLead(page, say);
    await drawer.getByRole('heading', { name: wanted.name }).waitFor();
    await keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });

    const grid = screen.leadTable(page, say);
    await grid.waitFor();
    assert.equal(
      await grid.evaluate((element) => element === document.activeElement),
      true,
      'closing the lead gives the focus back to the table'
    );
    await keyboard.press('Home');
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await drawer.waitFor();
    const name = drawer.getByRole('heading').first();
    const before = await name.textContent();
    await keyboard.press('ArrowDown');
    await page.waitForFunction(
      ([label, old]) => {
        const title = document.querySelector(`aside[aria-label="${label}"] h2`);
        return title && title.textContent !== old;
      },
      [say('leads.detail.label'), before]
    );
    await keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });

    await keyboard.press('g');
    await keyboard.press('s');
    await screen.heading(page, say('sync.title')).waitFor();
    await keyboard.press('?');
    await page.getByRole('dialog', { name: say('frame.keys.title') }).waitFor();
    await look(page, 'shortcuts');
    await keyboard.press('Escape');

    await page.reload();
    await screen.heading(page, say('sync.title')).waitFor();
    await keyboard.press('Tab');
    const skip = page.getByRole('link', { name: say('frame.skip') });
    assert.equal(await skip.evaluate((element) => element === document.activeElement), true);
    await keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'content');
  }
);
