// What is true in the simulated account, to compare the screen with.

/** The leads that are not deleted, with their main contact and its phone's digits; the stages by name. */
export async function readAccount(kommo) {
  const state = await kommo.control('state?parts=leads,contacts,pipelines,custom_fields');
  const phoneField = state.custom_fields.contacts.find((field) => field.code === 'PHONE').id;
  const contacts = new Map(state.contacts.map((contact) => [contact.id, contact]));
  const stages = state.pipelines.flatMap((pipeline) =>
    pipeline.statuses.map((status) => ({
      ...status,
      pipeline: pipeline.name,
      pipelineId: pipeline.id
    }))
  );

  const phonesOf = (contact) =>
    contact.values
      .filter(([field]) => field === phoneField)
      .flatMap(([, items]) => items.map(([written]) => written.replace(/\D/g, '')));

  const leads = state.leads
    .filter((lead) => !lead.is_deleted)
    .map((lead) => {
      const link = lead.contacts.find(([, isMain]) => isMain) ?? lead.contacts[0];
      const contact = link ? contacts.get(link[0]) : undefined;
      return { ...lead, contact, phones: contact ? phonesOf(contact) : [] };
    });
  return { leads, stages };
}

/** Area code and the eight last digits of a mobile number that is stored with its ninth digit, or nothing. */
export function withoutNinthDigit(digits) {
  const national = /^(?:55|0)?(\d{2})9(\d{8})$/.exec(digits);
  return national ? `${national[1]} ${national[2].slice(0, 4)}-${national[2].slice(4)}` : null;
}

/** A lead whose name no other lead has. */
export function uniquelyNamed(leads, accept = () => true) {
  const times = new Map();
  for (const { name } of leads) times.set(name, (times.get(name) ?? 0) + 1);
  const found = leads.find(
    (lead) => lead.name.trim() && times.get(lead.name) === 1 && accept(lead)
  );
  if (!found) throw new Error('the seed gives no such lead');
  return found;
}
