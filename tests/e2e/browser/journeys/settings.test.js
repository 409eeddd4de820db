import { journey } from '../support/journey.js';
import { look } from '../support/look.js';
import * as screen from '../support/screen.js';
import { wordsOf } from '../support/words.js';

const NAMES = { 'pt-BR': 'Português (Brasil)', en: 'English', es: 'Español' };

journey(
  'language and theme change at once and are kept',
  { core: (kommo) => ({ token: kommo.long_lived_token }) },
  async ({ page, say }) => {
    await screen.go(page, say, say('nav.settings'));
    await screen.heading(page, say('settings.title')).waitFor();
    await look(page, 'settings-accounts');
    await page.getByRole('tab', { name: say('settings.tab.connection') }).click();
    await page.getByText(say('settings.connection.port_hint')).waitFor();
    await look(page, 'settings-connection');
    await page.getByRole('tab', { name: say('settings.tab.about') }).click();
    await page.getByText(say('settings.about.privacy_body')).waitFor();
    await look(page, 'settings-about');
    await page.getByRole('tab', { name: say('settings.tab.appearance') }).click();

    let now = say;
    for (const language of ['en', 'es', 'pt-BR']) {
      const next = wordsOf(language);
      await page.getByLabel(new RegExp(`^${now('settings.appearance.language')}: `)).click();
      await page.getByRole('option', { name: NAMES[language] }).click();
      await screen.heading(page, next('settings.title')).waitFor();
      await page.locator(`html[lang="${language}"]`).waitFor();
      await look(page, `settings-appearance-${language}`);
      now = next;
    }

    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.getByText(say('settings.appearance.theme_dark'), { exact: true }).click();
    await page.locator('html[data-theme="dark"]').waitFor();
    await page.waitForFunction(
      (before) => getComputedStyle(document.body).backgroundColor !== before,
      light
    );

    await page.reload();
    await screen.heading(page, say('settings.title')).waitFor();
    await page.locator('html[data-theme="dark"]').waitFor();
    await page.getByText(say('settings.appearance.theme_system'), { exact: true }).click();
    await page.locator('html:not([data-theme])').waitFor();
  }
);
