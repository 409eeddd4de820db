use http::Method;
use serde::{Deserialize, Serialize};

use super::{LeadsApi, PATH};
use crate::error::Result;
use crate::field_values::FieldWrite;
use crate::page::Listed;
use crate::tags::TagRef;
use crate::wire::envelope::Identity;
use crate::wire::lenient;
use crate::written::request_id;

/// A lead to create together with its contact and company. The account's duplicate control may join it to
/// what exists.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ComplexLead {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// In whole units of the account's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<i64>,
    /// The stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_id: Option<i64>,
    /// The pipeline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pipeline_id: Option<i64>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub responsible_user_id: Option<i64>,
    /// Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<i64>,
    /// At most 40 values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_fields_values: Vec<FieldWrite>,
    /// Comes back in the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Tags, one contact, one company, and where the lead came from.
    #[serde(rename = "_embedded", skip_serializing_if = "ComplexParts::is_empty")]
    pub embedded: ComplexParts,
}

/// What a lead is created together with.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ComplexParts {
    /// Its tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<TagRef>,
    /// At most one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<ComplexContact>,
    /// At most one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub companies: Vec<ComplexCompany>,
    /// Makes the lead an incoming one that waits for acceptance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<ComplexMetadata>,
}

impl ComplexParts {
    fn is_empty(&self) -> bool {
        self.tags.is_empty()
            && self.contacts.is_empty()
            && self.companies.is_empty()
            && self.metadata.is_none()
    }
}

/// The contact of a [`ComplexLead`].
#[derive(Debug, Clone, Default, Serialize)]
pub struct ComplexContact {
    /// An existing contact to attach.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// The whole name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The first name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// The last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Whose contact it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub responsible_user_id: Option<i64>,
    /// At most 40 values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_fields_values: Vec<FieldWrite>,
}

/// The company of a [`ComplexLead`].
#[derive(Debug, Clone, Default, Serialize)]
pub struct ComplexCompany {
    /// An existing company to attach.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// At most 40 values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_fields_values: Vec<FieldWrite>,
}

/// Where an incoming lead came from.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "category", rename_all = "lowercase")]
pub enum ComplexMetadata {
    /// A form on a site.
    Forms(crate::unsorted::FormMetadata),
    /// A call.
    Sip(crate::unsorted::SipMetadata),
}

/// What became of a [`ComplexLead`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ComplexWritten {
    /// The lead.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    /// The contact, when there is one.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub contact_id: Option<i64>,
    /// The company, when there is one.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub company_id: Option<i64>,
    /// The `request_id` that was sent.
    #[serde(default, deserialize_with = "request_id")]
    pub request_id: Option<String>,
    /// Joined to a lead that existed.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub merged: bool,
}

impl Listed for ComplexWritten {
    const KEY: &'static str = "leads";

    fn identity(&self) -> Identity {
        Identity::Number(self.id)
    }
}

impl LeadsApi {
    /// Creates leads with their contact and company, at most 50, under the account's duplicate control.
    ///
    /// # Errors
    /// See [`crate::Error`]. After [`crate::RetryClass::Uncertain`] look them up before trying again.
    pub async fn create_complex(&self, leads: &[ComplexLead]) -> Result<Vec<ComplexWritten>> {
        if leads.is_empty() {
            return Ok(Vec::new());
        }
        self.client.write_list(Method::POST, &format!("{PATH}/complex"), leads).await
    }
}
