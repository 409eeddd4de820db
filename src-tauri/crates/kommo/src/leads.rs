//! Leads: the deals of the pipelines. Kommo has no call that deletes one.

use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::entity::EntityId;
use crate::error::Result;
use crate::field_values::CustomFieldValues;
use crate::loss_reasons::LossReason;
use crate::page::listed;
use crate::query::ListQuery as _;
use crate::tags::Tag;
use crate::wire::lenient;
use crate::written::listed_by_id;

mod complex;
mod query;
mod write;

pub use complex::{
    ComplexCompany, ComplexContact, ComplexLead, ComplexMetadata, ComplexParts, ComplexWritten,
};
pub use query::{LeadWith, LeadsQuery};
pub use write::{LeadPatch, NewLead, NewLeadParts};

pub(crate) const PATH: &str = "/api/v4/leads";

/// The stage that means "won" in every pipeline.
pub const STATUS_WON: i64 = 142;
/// The stage that means "lost" in every pipeline.
pub const STATUS_LOST: i64 = 143;

/// Reads and writes leads.
#[derive(Debug, Clone)]
pub struct LeadsApi {
    client: Client,
}

impl Client {
    /// Leads.
    #[must_use]
    pub fn leads(&self) -> LeadsApi {
        LeadsApi { client: self.clone() }
    }
}

listed_by_id!(Lead, "leads");
listed!(LeadsApi, Lead, LeadsQuery, |_api| PATH.to_owned());

impl LeadsApi {
    /// Reads one lead; `None` when there is no such lead (204) or the token's user may not see it.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn get(&self, id: i64, with: &[LeadWith]) -> Result<Option<Lead>> {
        let query = LeadsQuery { with: with.to_vec(), ..LeadsQuery::default() };
        self.client.find(&format!("{PATH}/{id}"), query.params()).await
    }
}

/// A lead.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Lead {
    /// Its id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    /// Its name; may be empty, Kommo then shows "Lead #id".
    #[serde(default, deserialize_with = "lenient::string")]
    pub name: String,
    /// In whole units of the account's currency.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub price: Option<i64>,
    /// With minor units; newer accounts only.
    #[serde(default, deserialize_with = "lenient::float_opt")]
    pub price_with_minor_units: Option<f64>,
    /// Whose lead it is; 0 when nobody's.
    #[serde(default, deserialize_with = "lenient::int")]
    pub responsible_user_id: i64,
    /// The group of that user.
    #[serde(default, deserialize_with = "lenient::int")]
    pub group_id: i64,
    /// The stage. 142 and 143 exist in every pipeline: identify a stage by pipeline and status.
    #[serde(default, deserialize_with = "lenient::int")]
    pub status_id: i64,
    /// The pipeline.
    #[serde(default, deserialize_with = "lenient::int")]
    pub pipeline_id: i64,
    /// Why it was lost; only with status 143.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub loss_reason_id: Option<i64>,
    /// 0 for a robot.
    #[serde(default, deserialize_with = "lenient::int")]
    pub created_by: i64,
    /// 0 for a robot.
    #[serde(default, deserialize_with = "lenient::int")]
    pub updated_by: i64,
    /// Unix seconds.
    #[serde(default, deserialize_with = "lenient::int")]
    pub created_at: i64,
    /// Unix seconds. Chat messages do not touch it.
    #[serde(default, deserialize_with = "lenient::int")]
    pub updated_at: i64,
    /// Unix seconds; null while open.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub closed_at: Option<i64>,
    /// When its next open task is due, unix seconds.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub closest_task_at: Option<i64>,
    /// In the bin; only lists of deleted leads show such ones.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub is_deleted: bool,
    /// Only fields that hold something. Kommo writes null when there are none.
    #[serde(default, deserialize_with = "lenient::list")]
    pub custom_fields_values: Vec<CustomFieldValues>,
    /// Kommo's score.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub score: Option<i64>,
    /// The account.
    #[serde(default, deserialize_with = "lenient::int")]
    pub account_id: i64,
    /// Hours of work, where that is counted.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub labor_cost: Option<i64>,
    /// With [`LeadWith::SourceId`].
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub source_id: Option<i64>,
    /// With [`LeadWith::IsPriceModifiedByRobot`].
    #[serde(default, deserialize_with = "lenient::boolean_opt")]
    pub is_price_modified_by_robot: Option<bool>,
    /// Tags, contacts, companies and what else was asked for.
    #[serde(default, rename = "_embedded", deserialize_with = "lenient::object")]
    pub embedded: LeadParts,
}

impl Lead {
    /// The main contact, else the first; needs [`LeadWith::Contacts`].
    #[must_use]
    pub fn main_contact_id(&self) -> Option<i64> {
        let contacts = &self.embedded.contacts;
        contacts.iter().find(|contact| contact.is_main).or_else(|| contacts.first()).map(|contact| contact.id)
    }
}

/// The parts of a lead that come under `_embedded`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LeadParts {
    /// Its tags.
    #[serde(default, deserialize_with = "lenient::list")]
    pub tags: Vec<Tag>,
    /// Its company, at most one.
    #[serde(default, deserialize_with = "lenient::list")]
    pub companies: Vec<EntityId>,
    /// Its contacts, ids only; with [`LeadWith::Contacts`].
    #[serde(default, deserialize_with = "lenient::list")]
    pub contacts: Vec<LinkedContact>,
    /// With [`LeadWith::LossReason`]; Kommo writes an object or an array of one.
    #[serde(default, deserialize_with = "lenient::one")]
    pub loss_reason: Option<LossReason>,
    /// With [`LeadWith::Source`].
    #[serde(default, deserialize_with = "lenient::one")]
    pub source: Option<LeadSource>,
    /// With [`LeadWith::CatalogElements`].
    #[serde(default, deserialize_with = "lenient::list")]
    pub catalog_elements: Vec<LinkedElement>,
}

/// A contact of a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LinkedContact {
    /// The contact's id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    /// The main one.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub is_main: bool,
}

/// Where a lead came from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LeadSource {
    /// The source's id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::string")]
    pub name: String,
}

/// An element of a list that is linked to a lead, such as a product.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LinkedElement {
    /// The element's id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    /// How many, of which list.
    #[serde(default, deserialize_with = "lenient::object")]
    pub metadata: ElementMetadata,
}

/// How many of a linked element.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ElementMetadata {
    /// How many.
    #[serde(default, deserialize_with = "lenient::float_opt")]
    pub quantity: Option<f64>,
    /// The list it is of.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub catalog_id: Option<i64>,
    /// Which of its price fields counts.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub price_id: Option<i64>,
}
