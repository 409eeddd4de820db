#![doc = include_str!("../README.md")]

mod command;
pub mod dto;
mod error;
mod event;
mod number;
pub mod typescript;

pub use dto::*;
pub use error::{ApiError, ErrorCode, Hint};
pub use event::AppEvent;
pub use number::Int53;
