//! Contacts: the people.

use std::fmt;

use http::Method;
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::entity::EntityId;
use crate::error::Result;
use crate::field_values::{self, CustomFieldValues, FieldWrite};
use crate::page::listed;
use crate::query::{ListQuery, Order, Params, TimeRange};
use crate::tags::{Tag, TagRef};
use crate::wire::lenient;
use crate::written::{Written, listed_by_id, written_as};

mod chats;

pub use chats::{ChatLink, ChatsQuery};

const PATH: &str = "/api/v4/contacts";

/// Reads and writes contacts. Kommo has no call that deletes or merges them.
#[derive(Debug, Clone)]
pub struct ContactsApi {
    client: Client,
}

impl Client {
    /// Contacts.
    #[must_use]
    pub fn contacts(&self) -> ContactsApi {
        ContactsApi { client: self.clone() }
    }
}

/// A part of a contact that is only told when asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactWith {
    /// Its leads.
    Leads,
    /// Linked list elements.
    CatalogElements,
    /// Deleted contacts *instead of* living ones. Not documented for Kommo.
    OnlyDeleted,
}

impl ContactWith {
    fn as_str(self) -> &'static str {
        match self {
            Self::Leads => "leads",
            Self::CatalogElements => "catalog_elements",
            Self::OnlyDeleted => "only_deleted",
        }
    }
}

/// Which contacts.
#[derive(Debug, Clone, Default)]
pub struct ContactsQuery {
    /// What to tell besides.
    pub with: Vec<ContactWith>,
    /// Words to look for in name, phone, e-mail and field values. For a phone use its last 8 to 10 digits
    /// and compare what comes back: Kommo does not normalise numbers.
    pub query: Option<String>,
    /// Only these ids.
    pub ids: Vec<i64>,
    /// Only these exact names.
    pub names: Vec<String>,
    /// Only those created by these users.
    pub created_by: Vec<i64>,
    /// Only those last changed by these users.
    pub updated_by: Vec<i64>,
    /// Only those of these users.
    pub responsible_user_ids: Vec<i64>,
    /// Only those changed then.
    pub updated_at: Option<TimeRange>,
    /// Only those whose next task is due then.
    pub closest_task_at: Option<TimeRange>,
    /// By id or change.
    pub order: Option<Order>,
}

impl ContactsQuery {
    /// Tells `with` besides.
    #[must_use]
    pub fn with(mut self, with: impl IntoIterator<Item = ContactWith>) -> Self {
        self.with.extend(with);
        self
    }

    /// Only contacts changed in `range`.
    #[must_use]
    pub fn updated(mut self, range: TimeRange) -> Self {
        self.updated_at = Some(range);
        self
    }

    /// Only these ids.
    #[must_use]
    pub fn ids(mut self, ids: impl IntoIterator<Item = i64>) -> Self {
        self.ids.extend(ids);
        self
    }

    /// Words to look for.
    #[must_use]
    pub fn matching(mut self, query: impl Into<String>) -> Self {
        self.query = Some(query.into());
        self
    }

    /// In this order.
    #[must_use]
    pub fn order(mut self, order: Order) -> Self {
        self.order = Some(order);
        self
    }
}

impl ListQuery for ContactsQuery {
    fn params(&self) -> Params {
        let mut params = Params::default();
        params.with(self.with.iter().map(|part| part.as_str()));
        params.search(self.query.as_deref());
        params.each("filter[id]", &self.ids);
        params.each_private("filter[name]", &self.names);
        params.each("filter[created_by]", &self.created_by);
        params.each("filter[updated_by]", &self.updated_by);
        params.each("filter[responsible_user_id]", &self.responsible_user_ids);
        params.range("filter[updated_at]", self.updated_at);
        params.range("filter[closest_task_at]", self.closest_task_at);
        params.order(self.order);
        params
    }
}

listed_by_id!(Contact, "contacts");
listed!(ContactsApi, Contact, ContactsQuery, |_api| PATH.to_owned());
written_as!(WrittenContact, "contacts");

impl ContactsApi {
    /// Reads one contact; `None` when there is no such contact or the token's user may not see it.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn get(&self, id: i64, with: &[ContactWith]) -> Result<Option<Contact>> {
        let query = ContactsQuery { with: with.to_vec(), ..ContactsQuery::default() };
        self.client.find(&format!("{PATH}/{id}"), query.params()).await
    }

    /// Creates contacts, at most 250 (50 recommended), without looking for duplicates.
    ///
    /// # Errors
    /// See [`crate::Error`]. After [`crate::RetryClass::Uncertain`] look them up before trying again.
    pub async fn create(&self, contacts: &[ContactWrite]) -> Result<Vec<Written>> {
        if contacts.is_empty() {
            return Ok(Vec::new());
        }
        self.client.write_list(Method::POST, PATH, contacts).await.map(WrittenContact::plain)
    }

    /// Changes several contacts, each with its `id`.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn update(&self, contacts: &[ContactWrite]) -> Result<Vec<Written>> {
        if contacts.is_empty() {
            return Ok(Vec::new());
        }
        self.client.write_list(Method::PATCH, PATH, contacts).await.map(WrittenContact::plain)
    }

    /// Changes one contact.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn update_one(&self, id: i64, contact: &ContactWrite) -> Result<Written> {
        self.client.write_one(Method::PATCH, &format!("{PATH}/{id}"), contact).await
    }
}

/// A contact.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Contact {
    /// Its id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    /// The whole name; sometimes a phone number, for people who wrote first.
    #[serde(default, deserialize_with = "lenient::string")]
    pub name: String,
    /// The first name.
    #[serde(default, deserialize_with = "lenient::string")]
    pub first_name: String,
    /// The last name.
    #[serde(default, deserialize_with = "lenient::string")]
    pub last_name: String,
    /// Whose contact it is; 0 when nobody's.
    #[serde(default, deserialize_with = "lenient::int")]
    pub responsible_user_id: i64,
    /// The group of that user.
    #[serde(default, deserialize_with = "lenient::int")]
    pub group_id: i64,
    /// 0 for a robot.
    #[serde(default, deserialize_with = "lenient::int")]
    pub created_by: i64,
    /// 0 for a robot.
    #[serde(default, deserialize_with = "lenient::int")]
    pub updated_by: i64,
    /// Unix seconds.
    #[serde(default, deserialize_with = "lenient::int")]
    pub created_at: i64,
    /// Unix seconds.
    #[serde(default, deserialize_with = "lenient::int")]
    pub updated_at: i64,
    /// When its next open task is due, unix seconds.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub closest_task_at: Option<i64>,
    /// In the bin.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub is_deleted: bool,
    /// Came with an incoming lead that nobody accepted yet.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub is_unsorted: bool,
    /// Only fields that hold something; phones and e-mail addresses are among them.
    #[serde(default, deserialize_with = "lenient::list")]
    pub custom_fields_values: Vec<CustomFieldValues>,
    /// The account.
    #[serde(default, deserialize_with = "lenient::int")]
    pub account_id: i64,
    /// Tags, companies and what else was asked for.
    #[serde(default, rename = "_embedded", deserialize_with = "lenient::object")]
    pub embedded: ContactParts,
}

impl Contact {
    /// Its phones, as typed.
    #[must_use]
    pub fn phones(&self) -> Vec<String> {
        self.coded("PHONE")
    }

    /// Its e-mail addresses, as typed.
    #[must_use]
    pub fn emails(&self) -> Vec<String> {
        self.coded("EMAIL")
    }

    fn coded(&self, code: &str) -> Vec<String> {
        let field = field_values::by_code(&self.custom_fields_values, code);
        let items = field.map(|field| field.values.as_slice()).unwrap_or_default();
        items.iter().filter_map(field_values::FieldItem::text).collect()
    }
}

// The name of a contact can be a phone number.
impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contact")
            .field("id", &self.id)
            .field("updated_at", &self.updated_at)
            .field("custom_fields_values", &self.custom_fields_values)
            .field("embedded", &self.embedded)
            .finish_non_exhaustive()
    }
}

/// The parts of a contact that come under `_embedded`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ContactParts {
    /// Its tags, which are not those of leads.
    #[serde(default, deserialize_with = "lenient::list")]
    pub tags: Vec<Tag>,
    /// Its company.
    #[serde(default, deserialize_with = "lenient::list")]
    pub companies: Vec<EntityId>,
    /// With [`ContactWith::Leads`].
    #[serde(default, deserialize_with = "lenient::list")]
    pub leads: Vec<EntityId>,
}

/// A contact to create, or changes to one. What is `None` is not sent.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ContactWrite {
    /// Which contact; needed to change several.
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
    /// Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<i64>,
    /// Unix seconds.
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
