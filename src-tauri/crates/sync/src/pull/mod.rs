//! Reading the account.

pub(crate) mod gone;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod incremental;
mod list;
pub mod page_plan;
pub mod structure;
pub(crate) mod sweep;
mod walk;

pub(crate) use list::{LEAD_WITH, Rows, wire_kind};
