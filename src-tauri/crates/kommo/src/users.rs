//! Users of the account. Only an administrator's token may list them.

use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::error::Result;
use crate::page::listed;
use crate::query::{ListQuery, Params};
use crate::wire::lenient;
use crate::written::listed_by_id;

const PATH: &str = "/api/v4/users";

/// Reads users.
#[derive(Debug, Clone)]
pub struct UsersApi {
    client: Client,
}

impl Client {
    /// Users of the account.
    #[must_use]
    pub fn users(&self) -> UsersApi {
        UsersApi { client: self.clone() }
    }
}

/// Which users, with what.
#[derive(Debug, Clone, Default)]
pub struct UsersQuery {
    /// Also roles and groups, `uuid`, `amojo_id` and the phone number.
    pub with_details: bool,
}

impl ListQuery for UsersQuery {
    fn params(&self) -> Params {
        let mut params = Params::default();
        if self.with_details {
            params.with(["role", "group", "uuid", "amojo_id", "phone_number"]);
        }
        params
    }
}

listed_by_id!(User, "users");
listed!(UsersApi, User, UsersQuery, |_api| PATH.to_owned());

impl UsersApi {
    /// Reads one user; `None` when there is no such user.
    ///
    /// # Errors
    /// See [`crate::Error`]; [`crate::Error::Forbidden`] for tokens of users who are no administrators.
    pub async fn get(&self, id: i64, query: &UsersQuery) -> Result<Option<User>> {
        self.client.find(&format!("{PATH}/{id}"), query.params()).await
    }
}

/// A user.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct User {
    /// Their id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    /// Their name.
    #[serde(default, deserialize_with = "lenient::string")]
    pub name: String,
    /// What they sign in with.
    #[serde(default, deserialize_with = "lenient::string")]
    pub email: String,
    /// Two letters.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub lang: Option<String>,
    /// Their id in chats; with details.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub amojo_id: Option<String>,
    /// With details.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub uuid: Option<String>,
    /// What they may do.
    #[serde(default, deserialize_with = "lenient::object")]
    pub rights: UserRights,
    /// Their groups and roles.
    #[serde(default, rename = "_embedded", deserialize_with = "lenient::object")]
    pub embedded: UserParts,
}

/// What a user may do. Letters: `A` all, `G` own and the group's, `M` own, `D` denied.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct UserRights {
    /// On leads.
    #[serde(default, deserialize_with = "lenient::object")]
    pub leads: EntityRights,
    /// On contacts.
    #[serde(default, deserialize_with = "lenient::object")]
    pub contacts: EntityRights,
    /// On companies.
    #[serde(default, deserialize_with = "lenient::object")]
    pub companies: EntityRights,
    /// On tasks.
    #[serde(default, deserialize_with = "lenient::object")]
    pub tasks: EntityRights,
    /// May use mail.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub mail_access: bool,
    /// May use lists.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub catalog_access: bool,
    /// Administrator.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub is_admin: bool,
    /// A free user: sees next to nothing.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub is_free: bool,
    /// May sign in.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub is_active: bool,
    /// Their group.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub group_id: Option<i64>,
    /// Their role.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub role_id: Option<i64>,
    /// Exceptions for single stages.
    #[serde(default, deserialize_with = "lenient::list")]
    pub status_rights: Vec<StatusRights>,
}

/// Rights on one kind of entity, as letters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the right of its name")]
pub struct EntityRights {
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub view: Option<String>,
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub edit: Option<String>,
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub add: Option<String>,
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub delete: Option<String>,
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub export: Option<String>,
}

/// Rights on the leads of one stage.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StatusRights {
    /// The pipeline.
    #[serde(default, deserialize_with = "lenient::int")]
    pub pipeline_id: i64,
    /// The stage.
    #[serde(default, deserialize_with = "lenient::int")]
    pub status_id: i64,
    /// What may be done there.
    #[serde(default, deserialize_with = "lenient::object")]
    pub rights: EntityRights,
}

/// The parts of a user that come under `_embedded`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct UserParts {
    /// With details.
    #[serde(default, deserialize_with = "lenient::list")]
    pub groups: Vec<Named>,
    /// With details.
    #[serde(default, deserialize_with = "lenient::list")]
    pub roles: Vec<Named>,
}

/// Something with an id and a name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Named {
    /// Its id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::string")]
    pub name: String,
}
