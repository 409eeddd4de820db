import assert from 'node:assert/strict';
import { readAccount, uniquelyNamed, withoutNinthDigit } from '../support/account.js';
import { journey } from '../support/journey.js';
import { look } from '../support/look.js';
import * as screen from '../support/screen.js';

/** The same token with another signature: it reads well and Kommo refuses it. */
function forged(token) {
  const [header, payload, signature] = token.split('.');
  return [header, payload, signature.split('').reverse().join('')].join('.');
}

journey(
  'a token leads from the first page to the facts of one lead',
  {},
  async ({ page, kommo, complaints, say }) => {
    await screen.heading(page, say('connect.welcome.title')).waitFor();
    await look(page, 'welcome');

    await page.getByRole('link', { name: say('connect.way.token.title') }).click();
    await screen.heading(page, say('connect.token.title')).waitFor();
    await look(page, 'connect-token');

    const address = page.getByLabel(say('connect.address.label'));
    const token = page.getByLabel(say('connect.token.label'), { exact: true });
    const connect = page.getByRole('button', { name: say('connect.submit.connect') });
    await address.fill(`https://${kommo.subdomain}.kommo.com/leads/pipeline/`);
    assert.equal(await connect.isDisabled(), true, 'without a token there is nothing to connect');

    await token.fill(forged(kommo.long_lived_token));
    complaints.expectRefusal('sign_in_long_lived');
    await connect.click();
    await page.getByText(say('errors.token_refused.title')).waitFor();
    await look(page, 'connect-token-refused');

    await token.fill(kommo.long_lived_token);
    await connect.click();
    const list = page.getByRole('list', { name: say('health.list') });
    await list.getByText(say('health.probe.sign_in.good')).waitFor();
    await look(page, 'connect-ready');

    const account = await readAccount(kommo);
    await page.getByRole('link', { name: say('connect.ready.open_leads') }).click();
    await screen.leadTable(page, say).waitFor();
    await screen.importIsDone(page, say);
    await screen.go(page, say, say('nav.leads'));
    await screen.holdsLeads(page, say, account.leads.length);
    await look(page, 'leads');

    const wanted = uniquelyNamed(account.leads, (lead) => lead.phones.some(withoutNinthDigit));
    const search = screen.leadSearch(page, say);
    await search.fill(wanted.name);
    await screen.leadRow(page, say, wanted.name).waitFor();
    await page.getByText(/^1 lead/).waitFor();

    await search.fill(withoutNinthDigit(wanted.phones.find(withoutNinthDigit)));
    await screen.leadRow(page, say, wanted.name).first().waitFor();
    await look(page, 'leads-found-by-phone');
    await search.fill('');
    await screen.holdsLeads(page, say, account.leads.length);

    const stage = account.stages.find(
      (one) => one.id === wanted.status_id && one.pipelineId === wanted.pipeline_id
    );
    const inStage = account.leads.filter(
      (lead) => lead.status_id === stage.id && lead.pipeline_id === stage.pipelineId
    );
    await screen.filterChip(page, say('leads.filter.stage')).click();
    await page
      .getByRole('group', { name: stage.pipeline, exact: true })
      .getByRole('option', { name: stage.name })
      .click();
    await screen.holdsLeads(page, say, inStage.length);
    await look(page, 'leads-stage-filter');
    await page.keyboard.press('Escape');

    await search.fill(wanted.name);
    await screen.leadRow(page, say, wanted.name).click();
    const drawer = screen.openedLead(page, say);
    await drawer.getByRole('heading', { name: wanted.name }).waitFor();
    await drawer.getByText(`#${wanted.id}`).waitFor();
    await drawer.getByText(wanted.contact.name).first().waitFor();
    await drawer.getByText(stage.name).first().waitFor();
    await drawer.getByRole('heading', { name: say('leads.detail.facts') }).waitFor();
    await look(page, 'lead-open');

    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    await search.fill('ninguém com este nome');
    await screen.holdsLeads(page, say, 0);
    await look(page, 'leads-none-found');
  }
);
