//! Changes of one card as single promised changes.

use super::value::{items, text_of};
use super::{NotPromised, invalid};
use cadencia_contract::{ApiError, CardChange, ErrorCode, Int53};
use cadencia_domain::card_value::CardValue;
use cadencia_domain::contact::Contact;
use cadencia_domain::field::{CustomField, EntityKind};
use cadencia_domain::id::{
    KommoContactId, KommoFieldId, KommoLossReasonId, KommoPipelineId, KommoStatusId, KommoUserId,
};
use cadencia_domain::lead::Lead;
use cadencia_domain::pipeline::StageKind;
use cadencia_domain::text::is_same_tag;
use cadencia_domain::work::EntityRef;
use cadencia_domain::write::Write;
use cadencia_store::outbox;
use cadencia_store::{Connection, contacts, custom_fields, loss_reasons, pipelines, users};
use cadencia_sync::outbox::{show_on_contact, show_on_lead};

/// Changes of one card at most.
const MOST_CHANGES: usize = 100;
/// The longest name that Kommo keeps.
const LONGEST_NAME: usize = 255;
/// The longest tag.
const LONGEST_TAG: usize = 100;
const MOST_CENTS: f64 = 1e14;

/// A card as it is shown now: what Kommo said, with what is on its way there.
pub(crate) enum Card {
    Lead(Lead),
    Contact(Contact),
}

impl Card {
    fn reference(&self) -> EntityRef {
        match self {
            Self::Lead(lead) => EntityRef { kind: EntityKind::Lead, kommo_id: lead.kommo_id.0 },
            Self::Contact(contact) => EntityRef { kind: EntityKind::Contact, kommo_id: contact.kommo_id.0 },
        }
    }

    fn shown(&self, like: &CardValue) -> Option<CardValue> {
        match self {
            Self::Lead(lead) => Some(like.same_of_lead(lead)),
            Self::Contact(contact) => like.same_of_contact(contact),
        }
    }
}

/// The changes of a lead that change something. It is read with what is on its way already.
pub(crate) fn lead_writes(
    conn: &Connection,
    mut lead: Lead,
    changes: &[CardChange],
) -> Result<Vec<Write>, NotPromised> {
    let fields = custom_fields::list(conn, EntityKind::Lead)?;
    let open = outbox::open_of_cards(conn, &[format!("lead:{}", lead.kommo_id)])?;
    show_on_lead(&mut lead, &open, &fields);
    writes(conn, &Card::Lead(lead), changes, &fields)
}

/// The same for a person.
pub(crate) fn contact_writes(
    conn: &Connection,
    mut contact: Contact,
    changes: &[CardChange],
) -> Result<Vec<Write>, NotPromised> {
    let fields = custom_fields::list(conn, EntityKind::Contact)?;
    let open = outbox::open_of_cards(conn, &[format!("contact:{}", contact.kommo_id)])?;
    show_on_contact(&mut contact, &open, &fields);
    writes(conn, &Card::Contact(contact), changes, &fields)
}

fn writes(
    conn: &Connection,
    card: &Card,
    changes: &[CardChange],
    fields: &[CustomField],
) -> Result<Vec<Write>, NotPromised> {
    if changes.len() > MOST_CHANGES {
        return Err(ApiError::new(ErrorCode::InvalidRequest).with_detail("changes").into());
    }
    let mut made: Vec<Write> = Vec::new();
    for change in changes {
        let Some(write) = write(conn, card, change, fields)? else { continue };
        // The last word counts.
        made.retain(|earlier| earlier.subject() != write.subject());
        made.push(write);
    }
    Ok(made)
}

fn write(
    conn: &Connection,
    card: &Card,
    change: &CardChange,
    fields: &[CustomField],
) -> Result<Option<Write>, NotPromised> {
    let lead = match card {
        Card::Lead(lead) => Some(lead),
        Card::Contact(_) => None,
    };
    match (change, lead) {
        (CardChange::TagAdd { name }, Some(lead)) => Ok(tag(lead, name, true)?),
        (CardChange::TagRemove { name }, Some(lead)) => Ok(tag(lead, name, false)?),
        (CardChange::Link { contact_id, is_main }, Some(lead)) => {
            let contact = KommoContactId(contact_id.0);
            let known = contacts::find(conn, contact)?.filter(|known| known.deleted_at.is_none());
            if known.is_none() {
                return Err(ApiError::new(ErrorCode::ContactUnknown).into());
            }
            let is_there =
                lead.contacts.iter().any(|link| link.contact == contact && (link.is_main || !*is_main));
            let link = Write::Link { lead: lead.kommo_id, contact, is_linked: true, is_main: *is_main };
            Ok((!is_there).then_some(link))
        }
        (CardChange::Unlink { contact_id }, Some(lead)) => {
            let contact = KommoContactId(contact_id.0);
            let is_there = lead.contacts.iter().any(|link| link.contact == contact);
            let unlink = Write::Link { lead: lead.kommo_id, contact, is_linked: false, is_main: false };
            Ok(is_there.then_some(unlink))
        }
        _ => {
            let wanted = wanted(conn, change, card, fields)?;
            let base = card.shown(&wanted).ok_or_else(|| invalid(wanted.subject()))?;
            Ok((!wanted.means(&base)).then(|| Write::Edit { card: card.reference(), base, wanted }))
        }
    }
}

fn tag(lead: &Lead, name: &str, is_added: bool) -> Result<Option<Write>, ApiError> {
    let name = text_of(name, LONGEST_TAG)
        .filter(|name| !name.contains(['\n', '\r']))
        .ok_or_else(|| invalid("tags"))?;
    let is_there = lead.tags.iter().any(|tag| is_same_tag(&tag.name, &name));
    Ok((is_there != is_added).then(|| Write::Tag { lead: lead.kommo_id, name, is_added }))
}

fn wanted(
    conn: &Connection,
    change: &CardChange,
    card: &Card,
    fields: &[CustomField],
) -> Result<CardValue, NotPromised> {
    let is_lead = matches!(card, Card::Lead(_));
    match change {
        CardChange::Name { text } => {
            let text = text_of(text, LONGEST_NAME).ok_or_else(|| invalid("name"))?;
            Ok(CardValue::Name { text })
        }
        CardChange::Price { amount } if is_lead => Ok(CardValue::Price { cents: cents(*amount)? }),
        CardChange::Stage { pipeline_id, status_id, loss_reason_id } if is_lead => {
            stage(conn, *pipeline_id, *status_id, *loss_reason_id)
        }
        CardChange::Responsible { user_id } => {
            let user = KommoUserId(user_id.0);
            let known = users::list(conn)?;
            // A user who may not list people can still give a lead to them.
            if !known.is_empty() && !known.iter().any(|known| known.kommo_id == user && known.is_active) {
                return Err(invalid("responsible").into());
            }
            Ok(CardValue::Responsible { user: Some(user) })
        }
        CardChange::Field { field_id, value } => {
            let field = fields.iter().find(|field| field.kommo_id.0 == field_id.0);
            let field = field.ok_or_else(|| invalid(format!("field:{}", field_id.0)))?;
            if field.is_api_only && field.kind == "tracking_data" {
                return Err(invalid(field.name.clone()).into());
            }
            let field_id = KommoFieldId(field_id.0);
            let stands = card.shown(&CardValue::Field { field: field_id, items: Vec::new() });
            let known = match &stands {
                Some(CardValue::Field { items, .. }) => items.as_slice(),
                _ => &[],
            };
            Ok(CardValue::Field { field: field_id, items: items(field, value, known)? })
        }
        _ => Err(ApiError::new(ErrorCode::InvalidRequest).with_detail("changes").into()),
    }
}

/// Kommo knows no fractions of a price.
pub(super) fn cents(amount: f64) -> Result<i64, ApiError> {
    let cents = amount * 100.0;
    if !cents.is_finite() || !(0.0..=MOST_CENTS).contains(&cents) || amount.fract() != 0.0 {
        return Err(invalid("price"));
    }
    #[expect(clippy::cast_possible_truncation, reason = "bounded just before")]
    Ok(cents as i64)
}

fn stage(
    conn: &Connection,
    pipeline: Int53,
    status: Int53,
    loss_reason: Option<Int53>,
) -> Result<CardValue, NotPromised> {
    let (pipeline, status) = (KommoPipelineId(pipeline.0), KommoStatusId(status.0));
    let known = pipelines::list(conn)?;
    let stage = known
        .iter()
        .flat_map(|pipeline| &pipeline.stages)
        .find(|stage| stage.pipeline == pipeline && stage.status == status);
    if stage.is_none_or(|stage| stage.kind == StageKind::Incoming) {
        return Err(invalid("stage").into());
    }
    let loss_reason = loss_reason.map(|id| KommoLossReasonId(id.0));
    if let Some(reason) = loss_reason {
        let is_known = loss_reasons::list(conn)?.iter().any(|known| known.kommo_id == reason);
        if status != KommoStatusId::LOST || !is_known {
            return Err(invalid("loss_reason").into());
        }
    }
    Ok(CardValue::Stage { pipeline, status, loss_reason })
}

/// The same stage check for a new lead.
pub(crate) fn check_stage(conn: &Connection, pipeline: Int53, status: Int53) -> Result<(), NotPromised> {
    stage(conn, pipeline, status, None).map(drop)
}

/// The same price check for a new lead.
pub(crate) fn check_price(amount: f64) -> Result<i64, ApiError> {
    cents(amount)
}

/// A lead that can be changed, as Kommo gave it.
pub(crate) fn open_lead(found: Option<cadencia_store::leads::StoredLead>) -> Result<Lead, ApiError> {
    let stored = found.ok_or_else(|| ApiError::new(ErrorCode::LeadUnknown))?;
    match stored.deleted_at {
        Some(_) => Err(ApiError::new(ErrorCode::LeadDeleted)),
        None => Ok(stored.lead),
    }
}
