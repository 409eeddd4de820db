//! Tasks. Kommo has no call that deletes one.

use http::Method;
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::entity::{self, EntityType};
use crate::error::Result;
use crate::page::listed;
use crate::query::{ListQuery, Order, Params, TimeRange};
use crate::wire::lenient;
use crate::written::{Written, listed_by_id, written_as};

const PATH: &str = "/api/v4/tasks";

/// Reads and writes tasks.
#[derive(Debug, Clone)]
pub struct TasksApi {
    client: Client,
}

impl Client {
    /// Tasks.
    #[must_use]
    pub fn tasks(&self) -> TasksApi {
        TasksApi { client: self.clone() }
    }
}

/// Which tasks.
#[derive(Debug, Clone, Default)]
pub struct TasksQuery {
    /// Only these ids.
    pub ids: Vec<i64>,
    /// Only those of these users.
    pub responsible_user_ids: Vec<i64>,
    /// Only done ones, or only open ones.
    pub is_completed: Option<bool>,
    /// Only these types.
    pub task_type_ids: Vec<i64>,
    /// Only those of this kind of entity.
    pub entity_type: Option<EntityType>,
    /// Only those of these entities; needs `entity_type`.
    pub entity_ids: Vec<i64>,
    /// Only those changed then.
    pub updated_at: Option<TimeRange>,
    /// By id, creation or due time.
    pub order: Option<Order>,
}

impl TasksQuery {
    /// Only tasks changed in `range`.
    #[must_use]
    pub fn updated(mut self, range: TimeRange) -> Self {
        self.updated_at = Some(range);
        self
    }

    /// In this order.
    #[must_use]
    pub fn order(mut self, order: Order) -> Self {
        self.order = Some(order);
        self
    }

    /// Only tasks of this entity.
    #[must_use]
    pub fn of(mut self, entity_type: EntityType, entity_id: i64) -> Self {
        self.entity_type = Some(entity_type);
        self.entity_ids.push(entity_id);
        self
    }
}

impl ListQuery for TasksQuery {
    fn params(&self) -> Params {
        let mut params = Params::default();
        params.each("filter[id]", &self.ids);
        params.each("filter[responsible_user_id]", &self.responsible_user_ids);
        if let Some(completed) = self.is_completed {
            params.push("filter[is_completed]", u8::from(completed));
        }
        params.each("filter[task_type]", &self.task_type_ids);
        if let Some(entity_type) = self.entity_type {
            params.push("filter[entity_type]", entity_type);
        }
        params.each("filter[entity_id]", &self.entity_ids);
        params.range("filter[updated_at]", self.updated_at);
        params.order(self.order);
        params
    }
}

listed_by_id!(Task, "tasks");
listed!(TasksApi, Task, TasksQuery, |_api| PATH.to_owned());
written_as!(WrittenTask, "tasks");

impl TasksApi {
    /// Reads one task; `None` when there is no such task.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn get(&self, id: i64) -> Result<Option<Task>> {
        self.client.find(&format!("{PATH}/{id}"), Params::default()).await
    }

    /// Creates tasks, at most 250 (50 recommended).
    ///
    /// # Errors
    /// See [`crate::Error`]. After [`crate::RetryClass::Uncertain`] look them up before trying again.
    pub async fn create(&self, tasks: &[NewTask]) -> Result<Vec<Written>> {
        if tasks.is_empty() {
            return Ok(Vec::new());
        }
        self.client.write_list(Method::POST, PATH, tasks).await.map(WrittenTask::plain)
    }

    /// Changes one task.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn update_one(&self, id: i64, patch: &TaskPatch) -> Result<Written> {
        self.client.write_one(Method::PATCH, &format!("{PATH}/{id}"), patch).await
    }

    /// Marks a task as done, with what came of it.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn complete(&self, id: i64, result: &str) -> Result<Written> {
        let patch = TaskPatch {
            is_completed: Some(true),
            result: Some(TaskResult { text: result.to_owned() }),
            ..TaskPatch::default()
        };
        self.update_one(id, &patch).await
    }
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Task {
    /// Its id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
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
    /// Who has to do it.
    #[serde(default, deserialize_with = "lenient::int")]
    pub responsible_user_id: i64,
    /// The group of that user.
    #[serde(default, deserialize_with = "lenient::int")]
    pub group_id: i64,
    /// What it is about; nothing for a task that stands alone.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub entity_id: Option<i64>,
    /// The kind of that.
    #[serde(default, deserialize_with = "entity::optional")]
    pub entity_type: Option<EntityType>,
    /// How long it takes, seconds.
    #[serde(default, deserialize_with = "lenient::int")]
    pub duration: i64,
    /// Done.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub is_completed: bool,
    /// 1 follow-up, 2 meeting, others are the account's own.
    #[serde(default, deserialize_with = "lenient::int")]
    pub task_type_id: i64,
    /// What to do.
    #[serde(default, deserialize_with = "lenient::string")]
    pub text: String,
    /// What came of it. Kommo writes `[]` when there is nothing.
    #[serde(default, deserialize_with = "lenient::one")]
    pub result: Option<TaskResult>,
    /// When it is due, unix seconds.
    #[serde(default, deserialize_with = "lenient::int")]
    pub complete_till: i64,
    /// The account.
    #[serde(default, deserialize_with = "lenient::int")]
    pub account_id: i64,
}

/// What came of a task.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TaskResult {
    /// In words.
    #[serde(default, deserialize_with = "lenient::string")]
    pub text: String,
}

/// A task to create.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NewTask {
    /// What to do. Required.
    pub text: String,
    /// When it is due, unix seconds. Required.
    pub complete_till: i64,
    /// Who has to do it; default the token's user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub responsible_user_id: Option<i64>,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity_id: Option<i64>,
    /// The kind of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity_type: Option<EntityType>,
    /// Default 1, follow-up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_type_id: Option<i64>,
    /// How long it takes, seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<i64>,
    /// Unix seconds; Kommo stores what is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<i64>,
    /// Comes back in the answer, to tell items apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// Changes to a task. What is `None` stays.
#[derive(Debug, Clone, Default, Serialize)]
pub struct TaskPatch {
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// When it is due, unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complete_till: Option<i64>,
    /// Who has to do it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub responsible_user_id: Option<i64>,
    /// Its type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_type_id: Option<i64>,
    /// Done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_completed: Option<bool>,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<TaskResult>,
}
