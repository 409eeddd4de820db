//! Companies.

use http::Method;
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::contacts::ContactWrite;
use crate::entity::EntityId;
use crate::error::Result;
use crate::field_values::CustomFieldValues;
use crate::page::listed;
use crate::query::{ListQuery, Order, Params, TimeRange};
use crate::tags::Tag;
use crate::wire::lenient;
use crate::written::{Written, listed_by_id, written_as};

const PATH: &str = "/api/v4/companies";

/// Reads and writes companies.
#[derive(Debug, Clone)]
pub struct CompaniesApi {
    client: Client,
}

impl Client {
    /// Companies.
    #[must_use]
    pub fn companies(&self) -> CompaniesApi {
        CompaniesApi { client: self.clone() }
    }
}

/// Which companies.
#[derive(Debug, Clone, Default)]
pub struct CompaniesQuery {
    /// Also tell leads and contacts.
    pub with_links: bool,
    /// Words to look for in name, phone, e-mail and field values.
    pub query: Option<String>,
    /// Only these ids.
    pub ids: Vec<i64>,
    /// Only these exact names.
    pub names: Vec<String>,
    /// Only those of these users.
    pub responsible_user_ids: Vec<i64>,
    /// Only those created then.
    pub created_at: Option<TimeRange>,
    /// Only those changed then.
    pub updated_at: Option<TimeRange>,
    /// By id or change.
    pub order: Option<Order>,
}

impl ListQuery for CompaniesQuery {
    fn params(&self) -> Params {
        let mut params = Params::default();
        if self.with_links {
            params.with(["leads", "contacts"]);
        }
        params.search(self.query.as_deref());
        params.each("filter[id]", &self.ids);
        params.each_private("filter[name]", &self.names);
        params.each("filter[responsible_user_id]", &self.responsible_user_ids);
        params.range("filter[created_at]", self.created_at);
        params.range("filter[updated_at]", self.updated_at);
        params.order(self.order);
        params
    }
}

listed_by_id!(Company, "companies");
listed!(CompaniesApi, Company, CompaniesQuery, |_api| PATH.to_owned());
written_as!(WrittenCompany, "companies");

impl CompaniesApi {
    /// Reads one company; `None` when there is no such company or the token's user may not see it.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn get(&self, id: i64, query: &CompaniesQuery) -> Result<Option<Company>> {
        self.client.find(&format!("{PATH}/{id}"), query.params()).await
    }

    /// Creates companies. First and last names do not apply.
    ///
    /// # Errors
    /// See [`crate::Error`]. After [`crate::RetryClass::Uncertain`] look them up before trying again.
    pub async fn create(&self, companies: &[ContactWrite]) -> Result<Vec<Written>> {
        if companies.is_empty() {
            return Ok(Vec::new());
        }
        self.client.write_list(Method::POST, PATH, companies).await.map(WrittenCompany::plain)
    }

    /// Changes one company.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn update_one(&self, id: i64, company: &ContactWrite) -> Result<Written> {
        self.client.write_one(Method::PATCH, &format!("{PATH}/{id}"), company).await
    }
}

/// A company.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Company {
    /// Its id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::string")]
    pub name: String,
    /// Whose company it is; 0 when nobody's.
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
    /// Only fields that hold something.
    #[serde(default, deserialize_with = "lenient::list")]
    pub custom_fields_values: Vec<CustomFieldValues>,
    /// The account.
    #[serde(default, deserialize_with = "lenient::int")]
    pub account_id: i64,
    /// Tags, and links when asked for.
    #[serde(default, rename = "_embedded", deserialize_with = "lenient::object")]
    pub embedded: CompanyParts,
}

/// The parts of a company that come under `_embedded`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CompanyParts {
    /// Its tags.
    #[serde(default, deserialize_with = "lenient::list")]
    pub tags: Vec<Tag>,
    /// With links.
    #[serde(default, deserialize_with = "lenient::list")]
    pub leads: Vec<EntityId>,
    /// With links.
    #[serde(default, deserialize_with = "lenient::list")]
    pub contacts: Vec<EntityId>,
}
