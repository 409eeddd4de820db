import assert from 'node:assert/strict';
import { journey } from '../support/journey.js';
import { look } from '../support/look.js';
import { freePort } from '../support/programs.js';
import * as screen from '../support/screen.js';

const listenerPort = await freePort();
const redirect = `http://localhost:${listenerPort}/auth/kommo/callback`;

journey(
  'a code signs in once: a used one is told and the next one works',
  { kommo: { args: ['--redirect-uri', redirect] }, core: { listenerPort } },
  async ({ page, kommo, complaints, say }) => {
    await page.getByRole('link', { name: say('connect.way.code.title') }).click();
    await screen.heading(page, say('connect.code.title')).waitFor();
    await page.getByText(redirect).first().waitFor();
    await page.getByLabel(say('connect.address.label')).fill(kommo.subdomain);
    await page.getByLabel(say('connect.field.client_id'), { exact: true }).fill(kommo.client_id);
    await page
      .getByLabel(say('connect.field.client_secret'), { exact: true })
      .fill(kommo.client_secret);

    const { authorization_code: used } = await kommo.control('authorization_code', {});
    const spent = await fetch(`${kommo.base_url}/oauth2/access_token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_id: kommo.client_id,
        client_secret: kommo.client_secret,
        grant_type: 'authorization_code',
        code: used,
        redirect_uri: redirect
      })
    });
    assert.equal(spent.status, 200);

    const code = page.getByLabel(say('connect.field.code'), { exact: true });
    const connect = page.getByRole('button', { name: say('connect.submit.connect') });
    await code.fill(used);
    complaints.expectRefusal('sign_in_code');
    await connect.click();
    await page.getByText(say('errors.code_used.title')).waitFor();
    assert.equal(
      await page.getByLabel(say('connect.field.client_id'), { exact: true }).inputValue(),
      kommo.client_id,
      'the rest of the form stays'
    );
    await look(page, 'connect-code-used');

    const { authorization_code: fresh } = await kommo.control('authorization_code', {});
    await code.fill(fresh);
    await connect.click();
    await page
      .getByRole('list', { name: say('health.list') })
      .getByText(say('health.probe.sign_in.good'))
      .waitFor();
  }
);
