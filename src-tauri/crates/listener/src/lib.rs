#![doc = include_str!("../README.md")]

mod bind;
mod door;
mod page;
mod route;
mod webhook;

pub use bind::{BindError, Listener};
pub use door::{CallbackOutcome, DeliveryOutcome, JsonAnswer, LoginOutcome, Request};
pub use page::PageLanguage;
pub use route::{KeyHolder, router};
