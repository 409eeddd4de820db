#![doc = include_str!("../README.md")]

pub mod account;
pub mod budget;
pub mod client;
pub mod companies;
pub mod contacts;
pub mod custom_fields;
pub mod entity;
pub mod error;
pub mod events;
pub mod field_values;
mod http_date;
pub mod jwt;
pub mod leads;
pub mod links;
pub mod loss_reasons;
pub mod notes;
pub mod oauth;
pub mod page;
pub mod pipelines;
pub mod query;
pub mod record;
pub mod retry;
pub mod salesbot;
pub mod sources;
pub mod tags;
pub mod talks;
pub mod tasks;
pub mod token;
pub mod transport;
pub mod unsorted;
pub mod users;
pub mod webhook;
pub mod webhooks;
mod wire;
pub mod written;

pub use budget::{Budget, BudgetBlocked, BudgetConfig, Permit, Priority, Usage};
pub use client::{BuildError, Client, ClientBuilder};
pub use entity::EntityType;
pub use error::{Error, ErrorKind, FieldProblem, MalformedKind, RequestSummary, Result};
pub use page::{ItemStream, Page, PageRequest, PageStream};
pub use query::{Order, OrderBy, TimeRange};
pub use record::{RequestObserver, RequestRecord};
pub use retry::{Decision, Idempotency, RetryClass, RetryPolicy};
pub use token::{Hindrance, StaticToken, TokenError, TokenSource};
pub use transport::{HttpConfig, HttpTransport, RouterTransport, Transport, TransportError};
pub use written::Written;

/// The `User-Agent` of clients that set none. Set your own: Kommo's support looks for it.
pub const DEFAULT_USER_AGENT: &str = concat!("kommo-rs/", env!("CARGO_PKG_VERSION"));
