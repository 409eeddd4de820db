//! A lead as the mirror knows it.

use crate::field::FieldValue;
use crate::id::{
    KommoCompanyId, KommoContactId, KommoLeadId, KommoLossReasonId, KommoPipelineId, KommoSourceId,
    KommoStatusId, KommoTagId, KommoUserId,
};
use crate::phone::Masked;
use crate::time::UtcMillis;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A lead read from Kommo. Its identity in our store is added there.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Lead {
    /// Kommo's number.
    pub kommo_id: KommoLeadId,
    /// Name; may be empty, Kommo then shows "Lead #number".
    pub name: String,
    /// Price in hundredths of the account's currency.
    pub price_cents: i64,
    /// The pipeline it is in.
    pub pipeline: KommoPipelineId,
    /// The stage, within the pipeline.
    pub status: KommoStatusId,
    /// Who is responsible; none when nobody is.
    pub responsible: Option<KommoUserId>,
    /// Why it was lost.
    pub loss_reason: Option<KommoLossReasonId>,
    /// Where it came from, when Kommo says so.
    pub source: Option<KommoSourceId>,
    /// Its company.
    pub company: Option<KommoCompanyId>,
    /// Its people, the main one first.
    pub contacts: Vec<LeadContact>,
    /// Its tags, in Kommo's order.
    pub tags: Vec<Tag>,
    /// Filled custom fields.
    pub fields: Vec<FieldValue>,
    /// Who created it; none for Kommo's robot.
    pub created_by: Option<KommoUserId>,
    /// Who changed it last; none for Kommo's robot.
    pub updated_by: Option<KommoUserId>,
    /// Created, by Kommo's clock.
    pub created_at: UtcMillis,
    /// Last changed, by Kommo's clock.
    pub updated_at: UtcMillis,
    /// Closed as won or lost.
    pub closed_at: Option<UtcMillis>,
    /// Due time of its next open task.
    pub closest_task_at: Option<UtcMillis>,
    /// In Kommo's recycle bin.
    pub is_deleted: bool,
}

// A lead that a messenger made is called by the phone of its person.
impl fmt::Debug for Lead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lead")
            .field("kommo_id", &self.kommo_id)
            .field("name", &Masked(&self.name))
            .field("price_cents", &self.price_cents)
            .field("pipeline", &self.pipeline)
            .field("status", &self.status)
            .field("responsible", &self.responsible)
            .field("loss_reason", &self.loss_reason)
            .field("source", &self.source)
            .field("company", &self.company)
            .field("contacts", &self.contacts)
            .field("tags", &self.tags)
            .field("fields", &self.fields)
            .field("created_by", &self.created_by)
            .field("updated_by", &self.updated_by)
            .field("created_at", &self.created_at)
            .field("updated_at", &self.updated_at)
            .field("closed_at", &self.closed_at)
            .field("closest_task_at", &self.closest_task_at)
            .field("is_deleted", &self.is_deleted)
            .finish()
    }
}

/// The link from a lead to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadContact {
    /// The person.
    pub contact: KommoContactId,
    /// The main contact of the lead.
    pub is_main: bool,
}

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// Kommo's number.
    pub kommo_id: KommoTagId,
    /// Its text.
    pub name: String,
    /// `#rrggbb`, when coloured.
    pub color: Option<String>,
}

/// A reason for losing a lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LossReason {
    /// Kommo's number.
    pub kommo_id: KommoLossReasonId,
    /// Its text.
    pub name: String,
    /// Order in Kommo's list.
    pub sort: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::FieldItem;
    use crate::id::KommoFieldId;

    #[test]
    fn a_lead_prints_its_numbers_and_no_phone() {
        let lead = Lead {
            kommo_id: KommoLeadId(4_242),
            // What a lead from a messenger is called.
            name: "Lead +5511987654321".to_owned(),
            price_cents: 100,
            pipeline: KommoPipelineId(51),
            status: KommoStatusId(142),
            responsible: Some(KommoUserId(31)),
            loss_reason: None,
            source: None,
            company: None,
            contacts: vec![LeadContact { contact: KommoContactId(61), is_main: true }],
            tags: Vec::new(),
            fields: vec![FieldValue {
                field: KommoFieldId(7),
                name: "WhatsApp".to_owned(),
                code: None,
                kind: "text".to_owned(),
                items: vec![FieldItem { value: 11_987_654_321_i64.into(), enum_id: None, enum_code: None }],
            }],
            created_by: None,
            updated_by: None,
            created_at: UtcMillis(1),
            updated_at: UtcMillis(2),
            closed_at: None,
            closest_task_at: None,
            is_deleted: false,
        };
        let shown = format!("{lead:?}");
        assert!(!shown.contains("8765"), "{shown}");
        for id in ["4242", "51", "142", "31", "61", "Lead +55"] {
            assert!(shown.contains(id), "{id}: {shown}");
        }
    }
}
