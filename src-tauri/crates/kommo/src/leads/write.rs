use http::Method;
use serde::Serialize;

use super::{LeadsApi, PATH};
use crate::entity::EntityId;
use crate::error::Result;
use crate::field_values::FieldWrite;
use crate::tags::TagRef;
use crate::written::{Written, written_as};

written_as!(WrittenLead, "leads");

/// A lead to create. Nothing is required.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NewLead {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// In whole units of the account's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<i64>,
    /// The stage; default the first ordinary one. Not the "incoming leads" one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_id: Option<i64>,
    /// The pipeline; default the main one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pipeline_id: Option<i64>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub responsible_user_id: Option<i64>,
    /// Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<i64>,
    /// Who is named as its maker; 0 for a robot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_by: Option<i64>,
    /// Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<i64>,
    /// Only with status 143.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss_reason_id: Option<i64>,
    /// Custom fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_fields_values: Vec<FieldWrite>,
    /// Comes back in the answer, to tell items apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Its tags, contacts and company.
    #[serde(rename = "_embedded", skip_serializing_if = "NewLeadParts::is_empty")]
    pub embedded: NewLeadParts,
}

/// What a new lead is created with.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NewLeadParts {
    /// Its tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<TagRef>,
    /// Its contacts, which exist already.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<super::LinkedContact>,
    /// Its company, which exists already.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub companies: Vec<EntityId>,
}

impl NewLeadParts {
    fn is_empty(&self) -> bool {
        self.tags.is_empty() && self.contacts.is_empty() && self.companies.is_empty()
    }
}

/// Changes to a lead. What is `None` stays.
#[derive(Debug, Clone, Default, Serialize)]
pub struct LeadPatch {
    /// Which lead; needed in a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// In whole units of the account's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<i64>,
    /// The stage; give the pipeline too when it is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_id: Option<i64>,
    /// The pipeline; give the stage too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pipeline_id: Option<i64>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub responsible_user_id: Option<i64>,
    /// Only with status 143.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss_reason_id: Option<i64>,
    /// Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<i64>,
    /// Unix seconds; Kommo stores what is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<i64>,
    /// Custom fields; each is replaced entirely.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_fields_values: Vec<FieldWrite>,
    /// Tags to add to those it has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags_to_add: Vec<TagRef>,
    /// Tags to take away.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags_to_delete: Vec<TagRef>,
    /// Comes back in the answer, to tell items apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl LeadsApi {
    /// Creates leads, at most 250 (50 recommended), without looking for duplicates.
    ///
    /// # Errors
    /// See [`crate::Error`]. After [`crate::RetryClass::Uncertain`] look them up before trying again.
    pub async fn create(&self, leads: &[NewLead]) -> Result<Vec<Written>> {
        if leads.is_empty() {
            return Ok(Vec::new());
        }
        self.client.write_list(Method::POST, PATH, leads).await.map(WrittenLead::plain)
    }

    /// Changes several leads, each with its `id`.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn update(&self, patches: &[LeadPatch]) -> Result<Vec<Written>> {
        if patches.is_empty() {
            return Ok(Vec::new());
        }
        self.client.write_list(Method::PATCH, PATH, patches).await.map(WrittenLead::plain)
    }

    /// Changes one lead. Changing a lead that waits in "incoming leads" accepts it.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn update_one(&self, id: i64, patch: &LeadPatch) -> Result<Written> {
        self.client.write_one(Method::PATCH, &format!("{PATH}/{id}"), patch).await
    }

    /// Moves a lead to a stage. `loss_reason_id` counts only for status 143.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn move_to(
        &self,
        id: i64,
        pipeline_id: i64,
        status_id: i64,
        loss_reason_id: Option<i64>,
    ) -> Result<Written> {
        let patch = LeadPatch {
            pipeline_id: Some(pipeline_id),
            status_id: Some(status_id),
            loss_reason_id,
            ..LeadPatch::default()
        };
        self.update_one(id, &patch).await
    }

    /// Adds and takes away tags; other tags stay.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn tag(&self, id: i64, add: Vec<TagRef>, remove: Vec<TagRef>) -> Result<Written> {
        let patch = LeadPatch { tags_to_add: add, tags_to_delete: remove, ..LeadPatch::default() };
        self.update_one(id, &patch).await
    }
}
