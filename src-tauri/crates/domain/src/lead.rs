//! A lead as the mirror knows it.

use crate::field::FieldValue;
use crate::id::{
    KommoCompanyId, KommoContactId, KommoLeadId, KommoLossReasonId, KommoPipelineId, KommoSourceId,
    KommoStatusId, KommoTagId, KommoUserId,
};
use crate::time::UtcMillis;
use serde::{Deserialize, Serialize};

/// A lead read from Kommo. Its identity in our store is added there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
