//! `POST /leads/complex`: lead, contact and company at once, with duplicate control.

use serde_json::{Map, Value, json};

use super::contacts::contact_patch;
use super::input::{self, Reader};
use super::{companies, leads};
use crate::answer::{Answer, FieldError, Outcome};
use crate::call::Call;
use crate::changes::{CardPatch, ContactPatch, LeadPatch, NewUnsorted};
use crate::serializers::values::plain_text;
use crate::state::{FieldValue, Kind, LinkedContact, Scalar, World};

/// Kommo docs: complex-leads.
const MOST: usize = 50;
const MOST_VALUES: usize = 40;

/// A contact or company that is named by id, or made.
enum Who<T> {
    Known(u32),
    New(T),
}

struct Wish {
    lead: LeadPatch,
    contact: Option<Who<ContactPatch>>,
    company: Option<Who<CardPatch>>,
    metadata: Option<Value>,
}

fn wish(reader: &mut Reader<'_>) -> Wish {
    let contacts = reader.embedded("contacts");
    let companies = reader.embedded("companies");
    for (key, count) in [("contacts", contacts.len()), ("companies", companies.len())] {
        if count > 1 {
            reader.fail(FieldError {
                code: "TooMany",
                path: format!("_embedded.{key}"),
                detail: "This collection should contain 1 element or less.".to_owned(),
            });
        }
    }
    let contact = contacts.first().map(|item| {
        let known = reader.world.contacts.live(id_of(item)).map(|contact| Who::Known(contact.card.id));
        known.unwrap_or_else(|| Who::New(reader.nested(item, "_embedded.contacts.0", contact_patch)))
    });
    let company = companies.first().map(|item| {
        let known = reader.world.companies.live(id_of(item)).map(|company| Who::Known(company.card.id));
        known.unwrap_or_else(|| {
            Who::New(reader.nested(item, "_embedded.companies.0", companies::company_patch))
        })
    });
    let lead = leads::plain_lead(reader);
    if lead.card.values.len() > MOST_VALUES {
        reader.fail(FieldError {
            detail: "Too many fields".to_owned(),
            ..FieldError::choice("custom_fields_values")
        });
    }
    let metadata = reader.some("_embedded").and_then(|embedded| embedded.get("metadata")).cloned();
    Wish { lead, contact, company, metadata: metadata.filter(Value::is_object) }
}

fn id_of(item: &Map<String, Value>) -> u32 {
    item.get("id").and_then(Value::as_u64).and_then(|id| u32::try_from(id).ok()).unwrap_or(0)
}

/// The answer is a bare array, and its `request_id` an array of texts.
pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let items = call.items(MOST)?;
    let wishes = input::batch(world, &items, wish)?;
    call.wrote("leads_complex", wishes.len());
    // Duplicates are not searched inside one batch.
    let newest = world.leads.all().last().map_or(0, |lead| lead.card.id);
    let written: Vec<Value> =
        wishes.into_iter().map(|(request_id, wish)| write(world, call, &request_id, wish, newest)).collect();
    Ok(Answer::ok(Value::Array(written)))
}

fn write(world: &mut World, call: &Call<'_>, request_id: &str, wish: Wish, newest: u32) -> Value {
    let by = call.by();
    let contact_patch = match &wish.contact {
        Some(Who::New(patch)) => Some(patch.clone()),
        _ => None,
    };
    let same = contact_patch.as_ref().and_then(|patch| duplicate(world, patch));
    let contact_id = match wish.contact {
        None => None,
        Some(Who::Known(id)) => Some(id),
        Some(Who::New(patch)) => Some(same.unwrap_or_else(|| world.add_contact(&patch, by))),
    };
    let company_id = match wish.company {
        None => None,
        Some(Who::Known(id)) => Some(id),
        Some(Who::New(patch)) => Some(world.add_company(&patch, by)),
    };
    let open = same.and_then(|contact| open_lead(world, contact, &wish.lead, newest));
    let (id, is_merged) = match open {
        Some(id) => {
            let patch = LeadPatch { stage: None, ..wish.lead };
            world.change_lead(id, &patch, by);
            (id, true)
        }
        None => (new_lead(world, call, wish.lead, wish.metadata, contact_id, company_id), false),
    };
    json!({
        "id": id,
        "contact_id": contact_id,
        "company_id": company_id,
        "request_id": [request_id],
        "merged": is_merged,
    })
}

fn new_lead(
    world: &mut World,
    call: &Call<'_>,
    mut patch: LeadPatch,
    metadata: Option<Value>,
    contact_id: Option<u32>,
    company_id: Option<u32>,
) -> u32 {
    let by = call.by();
    patch.contacts = contact_id.map(|id| LinkedContact { id, is_main: true }).into_iter().collect();
    patch.company = company_id;
    let category = metadata.as_ref().and_then(|metadata| metadata.get("category")).and_then(Value::as_str);
    let category = match category {
        Some("forms") => Some("forms"),
        Some("sip") => Some("sip"),
        _ => None,
    };
    let pipeline =
        patch.stage.map(|(pipeline, _)| pipeline).and_then(|id| world.pipeline(id)).or(world.main_pipeline());
    let incoming = pipeline.and_then(|known| Some((known.id, known.incoming_stage()?.id)));
    let (Some(category), Some(incoming)) = (category, incoming) else { return world.add_lead(&patch, by) };
    patch.stage = Some(incoming);
    let lead_id = world.add_lead(&patch, by);
    if let Some(contact) = contact_id {
        world.contacts.change(contact, |contact| contact.is_unsorted = true);
    }
    let metadata = metadata.unwrap_or_default();
    let source_name = metadata.get("form_name").and_then(Value::as_str).map(str::to_owned);
    world.add_unsorted(
        NewUnsorted {
            source_uid: None,
            source_name,
            category,
            pipeline_id: incoming.0,
            metadata,
            lead_id,
            contact_id,
            company_id,
            created_at: call.now,
        },
        by,
    );
    lead_id
}

/// The same person: a contact that has one of the new one's phones or e-mails. Phones are compared by their
/// last ten digits.
fn duplicate(world: &World, patch: &ContactPatch) -> Option<u32> {
    let wanted = marks(world, &patch.card.values);
    if wanted.is_empty() {
        return None;
    }
    let is_same = |id: &&u32| {
        world
            .card(Kind::Contact, **id)
            .is_some_and(|card| marks(world, &card.values).iter().any(|mark| wanted.contains(mark)))
    };
    world.contacts.live_ids().iter().rev().find(is_same).copied()
}

fn marks(world: &World, values: &[FieldValue]) -> Vec<String> {
    let mut found = Vec::new();
    for value in values {
        let Some(field) = world.field(Kind::Contact, value.field) else { continue };
        for item in &value.items {
            if matches!(item.value, Scalar::OfEnum) {
                continue;
            }
            match field.code.as_deref() {
                Some("PHONE") => {
                    let digits: Vec<char> =
                        plain_text(field, item).chars().filter(char::is_ascii_digit).collect();
                    let start = digits.len().saturating_sub(10);
                    found.push(digits[start..].iter().collect());
                }
                Some("EMAIL") => found.push(plain_text(field, item).to_lowercase()),
                _ => {}
            }
        }
    }
    found.retain(|mark: &String| mark.len() >= 8);
    found
}

/// The newest open lead of the person in the pipeline the new one is meant for.
fn open_lead(world: &World, contact: u32, patch: &LeadPatch, newest: u32) -> Option<u32> {
    let pipeline = patch.stage.map(|(pipeline, _)| pipeline).or(world.main_pipeline().map(|known| known.id));
    let leads = &world.contacts.live(contact)?.leads;
    let fits = |id: &&u32| {
        **id <= newest
            && world
                .leads
                .live(**id)
                .is_some_and(|lead| lead.closed_at.is_none() && Some(lead.pipeline_id) == pipeline)
    };
    leads.iter().rev().find(fits).copied()
}
