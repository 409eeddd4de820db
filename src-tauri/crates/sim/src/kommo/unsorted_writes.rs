//! Writes to `/leads/unsorted`: new form requests and calls, accepting, declining, joining.

use serde_json::{Value, json};

use super::contacts::contact_patch;
use super::input::{self, Reader};
use super::leads::{MOST_PER_WRITE, plain_lead};
use crate::answer::{Answer, FieldError, Outcome, Refusal};
use crate::call::Call;
use crate::changes::{ContactPatch, LeadPatch, NewUnsorted};
use crate::hal;
use crate::state::{Kind, LinkedContact, Unsorted, UnsortedState, World};

struct Wish {
    source_uid: String,
    source_name: String,
    pipeline_id: Option<u32>,
    metadata: Value,
    created_at: Option<i64>,
    lead: LeadPatch,
    contact: Option<ContactPatch>,
}

fn wish(reader: &mut Reader<'_>) -> Wish {
    let source_uid = reader.text("source_uid");
    let source_name = reader.text("source_name");
    let metadata = reader.some("metadata").filter(|metadata| metadata.is_object()).cloned();
    let lead =
        reader.embedded("leads").first().map(|item| reader.nested(item, "_embedded.leads.0", plain_lead));
    let contact = reader
        .embedded("contacts")
        .first()
        .map(|item| reader.nested(item, "_embedded.contacts.0", contact_patch));
    let pipeline_id = reader.id("pipeline_id");
    if pipeline_id.is_some_and(|id| reader.world.pipeline(id).is_none()) {
        reader.fail(FieldError::choice("pipeline_id"));
    }
    Wish {
        source_uid: reader.need("source_uid", source_uid).unwrap_or_default(),
        source_name: reader.need("source_name", source_name).unwrap_or_default(),
        pipeline_id,
        metadata: reader.need("metadata", metadata).unwrap_or_default(),
        created_at: reader.int("created_at"),
        lead: lead.unwrap_or_default(),
        contact,
    }
}

/// `POST /leads/unsorted/forms` and `/sip`.
pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let category = if call.segment(4) == "sip" { "sip" } else { "forms" };
    let items = call.items(MOST_PER_WRITE)?;
    let wishes = input::batch(world, &items, wish)?;
    call.wrote("unsorted_added", wishes.len());
    let by = call.by();
    let mut written = Vec::with_capacity(wishes.len());
    for (request_id, wish) in wishes {
        let pipeline = wish.pipeline_id.and_then(|id| world.pipeline(id)).or(world.main_pipeline());
        let stage = pipeline.and_then(|known| Some((known.id, known.incoming_stage()?.id)));
        let Some(stage) = stage else { continue };
        let contact_id =
            wish.contact.map(|patch| world.add_contact(&ContactPatch { is_unsorted: true, ..patch }, by));
        let lead = LeadPatch {
            stage: Some(stage),
            contacts: contact_id.map(|id| LinkedContact { id, is_main: true }).into_iter().collect(),
            ..wish.lead
        };
        let lead_id = world.add_lead(&lead, by);
        let uid = world.add_unsorted(
            NewUnsorted {
                source_uid: Some(wish.source_uid),
                source_name: Some(wish.source_name),
                category,
                pipeline_id: stage.0,
                metadata: wish.metadata,
                lead_id,
                contact_id,
                company_id: None,
                created_at: wish.created_at.unwrap_or(call.now),
            },
            by,
        );
        let contacts: Vec<Value> = contact_id.iter().map(|id| json!({"id": id})).collect();
        written.push(json!({
            "uid": uid,
            "account_id": world.account.id,
            "request_id": request_id,
            "_links": hal::self_link(&call.base, &format!("leads/unsorted/{uid}")),
            "_embedded": {"contacts": contacts, "leads": [{"id": lead_id}], "companies": []},
        }));
    }
    Ok(Answer::ok(hal::whole(call, "unsorted", written)))
}

fn waiting(world: &World, call: &Call<'_>) -> Result<Unsorted, Refusal> {
    let uid = call.segment(4);
    let found = world.unsorted.iter().find(|item| item.uid == uid && item.state == UnsortedState::Waiting);
    found.cloned().ok_or_else(Refusal::not_found)
}

/// The body of accept and decline is optional.
fn optional_body(call: &Call<'_>) -> Result<Value, Refusal> {
    if call.body.is_empty() { Ok(json!({})) } else { call.json() }
}

fn decided(world: &World, item: &Unsorted, call: &Call<'_>) -> Value {
    let contacts: Vec<Value> = item
        .contact_id
        .and_then(|id| world.contacts.get(id))
        .map(|contact| {
            json!({
                "id": contact.card.id,
                "is_deleted": contact.card.deleted_at.is_some(),
                "is_unsorted": contact.is_unsorted,
            })
        })
        .into_iter()
        .collect();
    json!({
        "uid": item.uid,
        "pipeline_id": item.pipeline_id,
        "category": item.category,
        "created_at": item.created_at,
        "_links": hal::self_link(&call.base, &format!("leads/unsorted/{}", item.uid)),
        "_embedded": {"leads": [{"id": item.lead_id}], "contacts": contacts, "companies": []},
    })
}

pub(crate) fn accept(world: &mut World, call: &Call<'_>) -> Outcome {
    let item = waiting(world, call)?;
    let first = world.pipeline(item.pipeline_id).and_then(|known| known.first_stage()).map(|stage| stage.id);
    let (user, status) = input::single(world, &optional_body(call)?, |reader| {
        let user = reader.active_user("user_id");
        let status = reader.id("status_id");
        let pipeline = reader.world.pipeline(item.pipeline_id);
        let is_known = |id: u32| {
            pipeline.is_some_and(|known| known.statuses.iter().any(|stage| stage.id == id && stage.kind == 0))
        };
        if status.is_some_and(|id| !is_known(id)) {
            reader.fail(FieldError::choice("status_id"));
        }
        (user, status)
    })?;
    let mut patch = LeadPatch {
        stage: status.or(first).map(|status| (item.pipeline_id, status)),
        ..LeadPatch::default()
    };
    patch.card.responsible = user.or(Some(call.user));
    world.change_lead(item.lead_id, &patch, call.by());
    call.wrote("unsorted_accepted", 1);
    Ok(Answer::ok(decided(world, &item, call)))
}

pub(crate) fn decline(world: &mut World, call: &Call<'_>) -> Outcome {
    let item = waiting(world, call)?;
    input::single(world, &optional_body(call)?, |reader| reader.active_user("user_id"))?;
    world.decline_unsorted(&item.uid, call.by());
    call.wrote("unsorted_declined", 1);
    Ok(Answer::ok(decided(world, &item, call)))
}

/// Joins a conversation or mail to a lead that is there already; the incoming lead goes.
pub(crate) fn link(world: &mut World, call: &Call<'_>) -> Outcome {
    let item = waiting(world, call)?;
    if !matches!(item.category, "chats" | "mail") {
        return Err(Refusal::problem(400, "Only chats and mail can be linked"));
    }
    let body = call.json()?;
    let link = body.get("link").cloned().unwrap_or_default();
    let target = link.get("entity_id").and_then(Value::as_u64).and_then(|id| u32::try_from(id).ok());
    let kind = link.get("entity_type").and_then(Value::as_str).and_then(Kind::from_plural);
    let target = match (kind, target) {
        (Some(Kind::Lead), Some(id)) if world.leads.live(id).is_some() => id,
        _ => return Err(Refusal::invalid(FieldError::choice("link.entity_id"))),
    };
    let by = call.by();
    world.decline_unsorted(&item.uid, by);
    if let Some(contact) = item.contact_id {
        world.contacts.change(contact, |contact| contact.is_unsorted = false);
        world.link((Kind::Lead, target), (Kind::Contact, contact), None, by);
        world.talks.move_to_lead(contact, target);
    }
    call.wrote("unsorted_linked", 1);
    let mut shown = decided(world, &item, call);
    shown["_embedded"]["leads"] = json!([{"id": target}]);
    Ok(Answer::ok(shown))
}
