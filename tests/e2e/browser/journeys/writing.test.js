import assert from 'node:assert/strict';
import { readAccount, uniquelyNamed } from '../support/account.js';
import { journey } from '../support/journey.js';
import { look } from '../support/look.js';
import * as screen from '../support/screen.js';

/** Somebody writes in Kommo. */
async function someoneWrites(kommo, path, body) {
  const response = await fetch(`${kommo.base_url}${path}`, {
    method: 'PATCH',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${kommo.long_lived_token}`
    },
    body: JSON.stringify(body)
  });
  assert.equal(response.status, 200);
}

/** Asks Kommo again and again until `is` holds of the lead. */
async function untilInKommo(page, kommo, id, is) {
  for (;;) {
    const lead = (await readAccount(kommo)).leads.find((one) => one.id === id);
    if (is(lead)) return lead;
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  }
}

journey(
  'a stage moved in Kommo moves on the screen, and one moved on the screen moves in Kommo',
  {
    // Somebody else asks as well: who is faster is not what this is about.
    kommo: { leads: 60, args: ['--rate-limit', 'off'] },
    core: (kommo) => ({ token: kommo.long_lived_token, args: ['--poll-interval', '1'] })
  },
  async ({ page, kommo, say }) => {
    await screen.importIsDone(page, say);
    const { leads, stages } = await readAccount(kommo);
    const ordinary = (lead) =>
      stages.filter((one) => one.pipelineId === lead.pipeline_id && one.id !== 142 && one.id !== 143);
    // The first stage of a pipeline is for incoming leads: nothing can be moved there.
    const wanted = uniquelyNamed(
      leads,
      (lead) =>
        ordinary(lead)
          .slice(1)
          .some((one) => one.id === lead.status_id) && ordinary(lead).length > 3
    );
    const [first, second] = ordinary(wanted)
      .slice(1)
      .filter((one) => one.id !== wanted.status_id);

    await screen.go(page, say, say('nav.leads'));
    await screen.leadSearch(page, say).fill(wanted.name);
    await screen.leadRow(page, say, wanted.name).click();
    const opened = screen.openedLead(page, say);
    await screen.heading(page, wanted.name).waitFor();

    await someoneWrites(kommo, `/api/v4/leads/${wanted.id}`, {
      status_id: first.id,
      pipeline_id: first.pipelineId
    });
    const stage = opened.getByRole('button', {
      name: new RegExp(`${say('changes.field.stage')}.*${first.name}`, 'i')
    });
    await stage.waitFor();
    await look(page, 'lead-writable');

    await stage.click();
    await page
      .getByRole('listbox')
      .getByRole('option', { name: second.name, exact: true })
      .first()
      .click();
    const moved = await untilInKommo(page, kommo, wanted.id, (lead) => lead.status_id === second.id);
    assert.equal(moved.pipeline_id, second.pipelineId);

    await screen.go(page, say, say('nav.sync'));
    await page
      .getByRole('grid', { name: say('sync.log.list') })
      .getByRole('row')
      .filter({ hasText: wanted.name })
      .first()
      .waitFor();
    await look(page, 'sync-after-writing');
  }
);
