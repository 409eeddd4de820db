//! The bodies of the commands, one function each, named as in the contract.

mod account;
mod app;
mod health;
mod lead;
mod log;
mod mapping;
mod overview;
mod sign_in;
mod sync;

pub(crate) use account::{account_forget, account_list, account_select, account_sign_out};
pub(crate) use app::{app_status, preferences_get, preferences_set, vault_create, vault_unlock};
pub(crate) use health::health_check;
pub(crate) use lead::{lead_get, lead_list};
pub(crate) use log::{log_export, log_get, log_list};
pub(crate) use mapping::mapping_get;
pub(crate) use overview::overview_get;
pub(crate) use sign_in::{
    demo_clock_advance, demo_start, env_import_preview, env_import_sign_in, sign_in_browser_cancel,
    sign_in_browser_start, sign_in_code, sign_in_long_lived,
};
pub(crate) use sync::{import_cancel, import_start, sync_poll_now, sync_status};
