import { journey } from '../support/journey.js';
import { look } from '../support/look.js';
import * as screen from '../support/screen.js';

journey(
  'the demo account is one click away and needs no Kommo',
  { kommo: null },
  async ({ page, say }) => {
    await page.getByRole('button', { name: say('connect.demo.start') }).click();
    await page
      .getByRole('button', { name: new RegExp(say('frame.account.demo')) })
      .or(page.getByText(say('frame.account.demo')))
      .first()
      .waitFor();
    await screen.importIsDone(page, say);
    await screen.go(page, say, say('nav.home'));
    await page.getByText(say('home.stages.title')).waitFor();
    await look(page, 'home');

    await screen.go(page, say, say('nav.leads'));
    await screen.leadTable(page, say).getByRole('row').nth(3).click();
    await screen.openedLead(page, say).getByRole('heading').first().waitFor();
    await look(page, 'demo-lead-open');

    await page.goto(new URL('/health', page.url()).href);
    await page.getByText(say('health.probe.pipelines.title')).waitFor();
    await page.locator('ul[aria-busy="false"]').waitFor();
    await look(page, 'health');
  }
);
