//! Leads, people, companies.

use super::structure::tag;
use super::value::{fields, given, instant, some_text, user};
use cadencia_domain::contact::{Company, Contact};
use cadencia_domain::id::{
    KommoCompanyId, KommoContactId, KommoLeadId, KommoLossReasonId, KommoPipelineId, KommoSourceId,
    KommoStatusId,
};
use cadencia_domain::lead::{Lead, LeadContact};

/// A lead.
pub fn lead(wire: kommo::leads::Lead) -> Lead {
    let main = wire.main_contact_id();
    let mut contacts: Vec<LeadContact> = wire
        .embedded
        .contacts
        .iter()
        .map(|link| LeadContact { contact: KommoContactId(link.id), is_main: Some(link.id) == main })
        .collect();
    contacts.sort_by_key(|link| !link.is_main);
    Lead {
        kommo_id: KommoLeadId(wire.id),
        name: wire.name,
        price_cents: cents(wire.price, wire.price_with_minor_units),
        pipeline: KommoPipelineId(wire.pipeline_id),
        status: KommoStatusId(wire.status_id),
        responsible: user(wire.responsible_user_id),
        loss_reason: given(wire.loss_reason_id)
            .or(wire.embedded.loss_reason.map(|reason| reason.id))
            .map(KommoLossReasonId),
        source: given(wire.source_id).or(wire.embedded.source.map(|source| source.id)).map(KommoSourceId),
        company: wire.embedded.companies.first().map(|company| KommoCompanyId(company.id)),
        contacts,
        tags: wire.embedded.tags.into_iter().map(tag).collect(),
        fields: fields(wire.custom_fields_values),
        created_by: user(wire.created_by),
        updated_by: user(wire.updated_by),
        created_at: instant(wire.created_at),
        updated_at: instant(wire.updated_at),
        closed_at: given(wire.closed_at).map(instant),
        closest_task_at: given(wire.closest_task_at).map(instant),
        is_deleted: wire.is_deleted,
    }
}

/// Whole units, or the finer number that newer accounts send beside them.
#[expect(clippy::cast_possible_truncation, reason = "saturates, and no price is that large")]
fn cents(units: Option<i64>, with_minor: Option<f64>) -> i64 {
    match with_minor.filter(|price| price.is_finite()) {
        Some(price) => (price * 100.0).round() as i64,
        None => units.unwrap_or(0).saturating_mul(100),
    }
}

/// A person.
pub fn contact(wire: kommo::contacts::Contact) -> Contact {
    Contact {
        kommo_id: KommoContactId(wire.id),
        name: wire.name,
        first_name: some_text(wire.first_name),
        last_name: some_text(wire.last_name),
        responsible: user(wire.responsible_user_id),
        company: wire.embedded.companies.first().map(|company| KommoCompanyId(company.id)),
        fields: fields(wire.custom_fields_values),
        tags: wire.embedded.tags.into_iter().map(tag).collect(),
        created_at: instant(wire.created_at),
        updated_at: instant(wire.updated_at),
        is_unsorted: wire.is_unsorted,
        is_deleted: wire.is_deleted,
    }
}

/// A company.
pub fn company(wire: kommo::companies::Company) -> Company {
    Company {
        kommo_id: KommoCompanyId(wire.id),
        name: wire.name,
        responsible: user(wire.responsible_user_id),
        fields: fields(wire.custom_fields_values),
        tags: wire.embedded.tags.into_iter().map(tag).collect(),
        created_at: instant(wire.created_at),
        updated_at: instant(wire.updated_at),
        is_deleted: wire.is_deleted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_with_all_of_phps_habits_is_read() {
        let wire: kommo::leads::Lead = serde_json::from_value(serde_json::json!({
            "id": "9375716", "name": null, "price": "1500", "responsible_user_id": 0, "status_id": 142,
            "pipeline_id": 8572511, "loss_reason_id": null, "created_at": 1_790_000_000, "updated_at": 1_790_000_100,
            "closed_at": 1_790_000_100, "custom_fields_values": null,
            "_embedded": {
                "tags": [{"id": 80147, "name": "vip", "color": "FFCE5A"}],
                "companies": [],
                "contacts": [{"id": 2, "is_main": false}, {"id": 1, "is_main": true}]
            }
        }))
        .unwrap();
        let lead = lead(wire);
        assert_eq!((lead.kommo_id.0, lead.price_cents, lead.responsible), (9_375_716, 150_000, None));
        assert_eq!(lead.contacts.iter().map(|link| link.contact.0).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(lead.tags[0].color.as_deref(), Some("#ffce5a"));
        assert_eq!((lead.fields.len(), lead.closed_at.unwrap().0), (0, 1_790_000_100_000));
    }

    #[test]
    fn prices_keep_their_cents() {
        assert_eq!(cents(Some(10), Some(10.35)), 1_035);
        assert_eq!(cents(Some(10), None), 1_000);
        assert_eq!(cents(None, Some(f64::NAN)), 0);
    }
}
