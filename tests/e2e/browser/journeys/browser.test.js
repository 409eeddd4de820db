import { journey } from '../support/journey.js';
import { look } from '../support/look.js';
import { freePort } from '../support/programs.js';
import * as screen from '../support/screen.js';

const listenerPort = await freePort();
const redirect = `http://localhost:${listenerPort}/auth/kommo/callback`;

journey(
  'the browser signs in through the page of Kommo, and a refusal changes nothing',
  { kommo: { args: ['--redirect-uri', redirect] }, core: { listenerPort } },
  async ({ page, around, kommo, say }) => {
    await page.getByRole('link', { name: say('connect.way.browser.title') }).click();
    await screen.heading(page, say('connect.browser.title')).waitFor();
    await page.getByLabel(say('connect.field.client_id'), { exact: true }).fill(kommo.client_id);
    await page
      .getByLabel(say('connect.field.client_secret'), { exact: true })
      .fill(kommo.client_secret);
    await look(page, 'connect-browser');

    const consent = async () => {
      const [tab] = await Promise.all([
        around.waitForEvent('page'),
        page.getByRole('button', { name: say('connect.browser.start') }).click()
      ]);
      await tab.getByRole('button', { name: 'Allow' }).waitFor();
      return tab;
    };

    const refusing = await consent();
    await screen.heading(page, say('connect.browser.waiting_title')).waitFor();
    await look(page, 'connect-browser-waiting');
    await refusing.getByRole('button', { name: 'Refuse' }).click();
    await screen.heading(page, say('connect.browser.refused_title')).waitFor();
    await look(page, 'connect-browser-refused');
    await look(refusing, 'callback-refused');
    await refusing.close();

    await page.getByRole('button', { name: say('connect.browser.again') }).click();
    const allowing = await consent();
    await allowing.getByRole('button', { name: 'Allow' }).click();
    await page
      .getByRole('list', { name: say('health.list') })
      .getByText(say('health.probe.sign_in.good'))
      .waitFor();
    await look(allowing, 'callback-allowed');
  }
);
