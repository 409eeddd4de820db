//! Definitions of custom fields. Their values are in [`crate::field_values`].

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::client::Client;
use crate::entity::{self, EntityType};
use crate::error::Result;
use crate::field_values::FieldType;
use crate::page::listed;
use crate::query::{ListQuery, Order, Params};
use crate::wire::lenient;
use crate::written::listed_by_id;

/// Reads and creates custom fields of one kind of entity. Writing needs an administrator's token.
#[derive(Debug, Clone)]
pub struct CustomFieldsApi {
    client: Client,
    entity: EntityType,
}

impl Client {
    /// The custom fields of leads, contacts, companies or customers.
    #[must_use]
    pub fn custom_fields(&self, entity: EntityType) -> CustomFieldsApi {
        CustomFieldsApi { client: self.clone(), entity }
    }
}

/// Which fields.
#[derive(Debug, Clone, Default)]
pub struct CustomFieldsQuery {
    /// Only these types.
    pub types: Vec<FieldType>,
    /// By id or place.
    pub order: Option<Order>,
}

impl ListQuery for CustomFieldsQuery {
    fn params(&self) -> Params {
        let mut params = Params::default();
        for (index, field_type) in self.types.iter().enumerate() {
            params.push(format!("filter[type][{index}]"), field_type.as_str());
        }
        params.order(self.order);
        params
    }
}

listed_by_id!(CustomField, "custom_fields");
listed!(CustomFieldsApi, CustomField, CustomFieldsQuery, |api| api.path());

impl CustomFieldsApi {
    fn path(&self) -> String {
        format!("/api/v4/{}/custom_fields", self.entity.plural())
    }

    /// Reads one field; `None` when there is no such field.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn get(&self, id: i64) -> Result<Option<CustomField>> {
        self.client.find(&format!("{}/{id}", self.path()), Params::default()).await
    }

    /// Creates fields.
    ///
    /// # Errors
    /// See [`crate::Error`]; [`crate::Error::Forbidden`] for users who are no administrators.
    pub async fn create(&self, fields: &[NewCustomField]) -> Result<Vec<CustomField>> {
        if fields.is_empty() {
            return Ok(Vec::new());
        }
        self.client.write_list(Method::POST, &self.path(), fields).await
    }

    /// Changes one field. An option that is left out of `enums` is deleted.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn update_one(&self, id: i64, patch: &CustomFieldPatch) -> Result<CustomField> {
        self.client.write_one(Method::PATCH, &format!("{}/{id}", self.path()), patch).await
    }
}

/// The definition of a custom field.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CustomField {
    /// Its id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::string")]
    pub name: String,
    /// Its declared type.
    #[serde(default, rename = "type")]
    pub field_type: FieldType,
    /// Its code, when it has one.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub code: Option<String>,
    /// Its place.
    #[serde(default, deserialize_with = "lenient::int")]
    pub sort: i64,
    /// Only the API may write it.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub is_api_only: bool,
    /// May be deleted.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub is_deletable: bool,
    /// One of the system's.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub is_predefined: bool,
    /// Its options. Kommo writes an array, an object keyed by index, or null.
    #[serde(default, deserialize_with = "lenient::list")]
    pub enums: Vec<FieldEnum>,
    /// Its tab: `default`, `statistic`, `leads_…`, or none.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub group_id: Option<String>,
    /// The kind of entity it belongs to.
    #[serde(default, deserialize_with = "entity::optional")]
    pub entity_type: Option<EntityType>,
    /// The stages in which it must be filled.
    #[serde(default, deserialize_with = "lenient::list")]
    pub required_statuses: Vec<FieldStatus>,
    /// The stages in which it is hidden.
    #[serde(default, deserialize_with = "lenient::list")]
    pub hidden_statuses: Vec<FieldStatus>,
    /// Of `monetary` fields, ISO 4217.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub currency: Option<String>,
    /// Of `birthday` fields: `never`, `day`, `week` or `month`.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub remind: Option<String>,
    /// Null, `[]` or an object, depending on the type.
    #[serde(default)]
    pub settings: Value,
}

impl CustomField {
    /// The option with `enum_id`.
    #[must_use]
    pub fn option(&self, enum_id: i64) -> Option<&FieldEnum> {
        self.enums.iter().find(|option| option.id == Some(enum_id))
    }
}

/// An option of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FieldEnum {
    /// Its id; `None` for an option to be created.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::int_opt")]
    pub id: Option<i64>,
    /// Its text.
    #[serde(default, deserialize_with = "lenient::string")]
    pub value: String,
    /// Its place.
    #[serde(default, deserialize_with = "lenient::int")]
    pub sort: i64,
    /// Its code, when it has one.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::string_opt")]
    pub code: Option<String>,
}

/// A stage that a field's rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FieldStatus {
    /// The stage.
    #[serde(default, deserialize_with = "lenient::int")]
    pub status_id: i64,
    /// Its pipeline.
    #[serde(default, deserialize_with = "lenient::int")]
    pub pipeline_id: i64,
}

/// A field to create.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NewCustomField {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub field_type: FieldType,
    /// A code to find it by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<i64>,
    /// Its tab.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    /// Only the API may write it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_api_only: Option<bool>,
    /// The options of a choice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub enums: Vec<FieldEnum>,
    /// Of `monetary` fields, ISO 4217.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Comes back in the answer, to tell items apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// Changes to a field. What is `None` stays.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CustomFieldPatch {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<i64>,
    /// All its options, old ones with their id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enums: Option<Vec<FieldEnum>>,
}
