//! Reading the account.

pub(crate) mod history;
pub mod import;
pub mod incremental;
mod list;
pub mod page_plan;
pub mod structure;
pub mod sweep;

pub(crate) use list::Rows;
