// A client written for Kommo, as published, does its everyday work against the simulator and must not notice.
// Usage: CADENCIA_SIM=<first line of cadencia-sim, or a file with it> node --require ./shim.cjs conformance.mjs
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import amocrm from 'amocrm-js';
import shim from './shim.cjs';

const known = shim.connection();
const domain = `${known.subdomain}.kommo.com`;
// Seven requests a second are allowed; the client itself knows no limit.
const BETWEEN_REQUESTS_MS = 220;
const done = [];

async function step(name, act) {
  try {
    await pause(BETWEEN_REQUESTS_MS);
    const result = await act();
    done.push(name);
    return result;
  } catch (error) {
    const said = error?.data ? ` ${JSON.stringify(error.data)}` : '';
    console.error(`violation at "${name}": ${error?.message ?? error}${said}`);
    process.exit(1);
  }
}

async function freshCode() {
  const response = await fetch(`${known.control_url}/authorization_code`, { method: 'POST' });
  return (await response.json()).authorization_code;
}

function newClient(auth) {
  const { client_id, client_secret, redirect_uri } = known;
  return new amocrm.Client({ domain, auth: { client_id, client_secret, redirect_uri, ...auth } });
}

const client = newClient({ code: await freshCode() });

await step('sign in with a code', async () => {
  await client.connection.connect();
  const token = client.token.getValue();
  assert.equal(token.token_type, 'Bearer');
  assert.equal(token.expires_in, 86400);
});

await step('a spent code is refused', async () => {
  const second = newClient({ code: client.environment.get('auth.code') });
  const log = console.error;
  console.error = () => {};
  try {
    await assert.rejects(second.connection.connect(), /API_RESPONSE_ERROR/);
  } finally {
    console.error = log;
  }
});

await step('refresh the token', async () => {
  const before = client.token.getValue();
  await client.token.refresh();
  const after = client.token.getValue();
  assert.notEqual(after.access_token, before.access_token);
  assert.notEqual(after.refresh_token, before.refresh_token);
});

await step('read the account', async () => {
  const { data, response } = await client.request.get('/api/v4/account', { with: 'task_types,datetime_settings' });
  assert.equal(response.statusCode, 200);
  assert.equal(data.subdomain, known.subdomain);
  assert.ok(data._embedded.task_types.length >= 2);
});

await step('sign in with a long-lived token', async () => {
  const { data } = await newClient({ bearer: known.long_lived_token }).request.get('/api/v4/account');
  assert.equal(data.subdomain, known.subdomain);
});

await step('page through leads and back', async () => {
  const pagination = await client.leads.get({ limit: 5, order: { id: 'asc' } });
  const first = pagination.getData().map((lead) => lead.id);
  assert.equal(first.length, 5);
  assert.ok(pagination.hasNext());
  await pause(BETWEEN_REQUESTS_MS);
  await pagination.next();
  const second = pagination.getData().map((lead) => lead.id);
  assert.equal(pagination.getPage(), 2);
  assert.ok(Math.min(...second) > Math.max(...first));
  await pause(BETWEEN_REQUESTS_MS);
  await pagination.prev();
  assert.deepEqual(pagination.getData().map((lead) => lead.id), first);
});

await step('list the users, pipelines and fields', async () => {
  for (const [path, key] of [
    ['/api/v4/users', 'users'],
    ['/api/v4/leads/pipelines', 'pipelines'],
    ['/api/v4/leads/custom_fields', 'custom_fields'],
  ]) {
    await pause(BETWEEN_REQUESTS_MS);
    const { data } = await client.request.get(path);
    assert.ok(data._embedded[key].length > 0, path);
  }
});

const lead = await step('create a lead', async () => {
  const made = new client.Lead({ name: 'Usina da Ana', price: 18000 });
  await made.save();
  assert.ok(made.id > 0);
  return made;
});

await step('update the lead', async () => {
  lead.name = 'Usina da Ana Lima';
  lead.price = 21000;
  await lead.save();
  await pause(BETWEEN_REQUESTS_MS);
  const read = await client.leads.getById(lead.id);
  assert.equal(read.name, 'Usina da Ana Lima');
  assert.equal(read.price, 21000);
});

const contact = await step('create a contact with a phone', async () => {
  const made = new client.Contact({
    name: 'Ana Lima',
    custom_fields_values: [{ field_code: 'PHONE', values: [{ value: '+5511987654321', enum_code: 'WORK' }] }],
  });
  await made.save();
  assert.ok(made.id > 0);
  return made;
});

await step('link the contact to the lead', async () => {
  await client.request.post(`/api/v4/leads/${lead.id}/link`, [
    { to_entity_id: contact.id, to_entity_type: 'contacts', metadata: { is_main: true } },
  ]);
  await pause(BETWEEN_REQUESTS_MS);
  const read = await client.leads.getById(lead.id, { with: ['contacts'] });
  assert.equal(read._embedded.contacts[0].id, contact.id);
  await pause(BETWEEN_REQUESTS_MS);
  const { data } = await client.request.get(`/api/v4/leads/${lead.id}/links`);
  assert.equal(data._embedded.links[0].metadata.main_contact, true);
});

await step('make a tag and put it on the lead', async () => {
  const { data } = await client.request.post('/api/v4/leads/tags', [{ name: 'Cliente da Galáxia' }]);
  const tag = data._embedded.tags[0];
  assert.equal(tag.name, 'Cliente da Galáxia');
  await pause(BETWEEN_REQUESTS_MS);
  const read = await client.leads.getById(lead.id);
  read.embeddedTags.add([{ id: tag.id, name: tag.name }]);
  await pause(BETWEEN_REQUESTS_MS);
  await read.save();
  await pause(BETWEEN_REQUESTS_MS);
  const again = await client.leads.getById(lead.id);
  assert.deepEqual(again._embedded.tags.map((known) => known.name), ['Cliente da Galáxia']);
});

await step('create a task and complete it', async () => {
  const task = new client.Task({
    text: 'Ligar para a Ana',
    complete_till: Math.floor(Date.now() / 1000) + 3600,
    entity_id: lead.id,
    entity_type: 'leads',
  });
  await task.save();
  await pause(BETWEEN_REQUESTS_MS);
  await client.request.patch(`/api/v4/tasks/${task.id}`, { is_completed: true, result: { text: 'Feito' } });
  await pause(BETWEEN_REQUESTS_MS);
  const read = await client.tasks.getById(task.id);
  assert.equal(read.is_completed, true);
});

await step('create a company', async () => {
  const company = new client.Company({ name: 'Padaria Lima' });
  await company.save();
  assert.ok(company.id > 0);
});

await step('what is missing is an empty answer', async () => {
  const { response } = await client.request.get('/api/v4/leads/1');
  assert.equal(response.statusCode, 204);
});

console.log(`amocrm-js 3.6.0 did not notice: ${done.length} steps`);
for (const name of done) console.log(`  ok ${name}`);
process.exit(0);
