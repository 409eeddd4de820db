//! The bodies of the commands, one function each, named as in the contract.

mod account;
mod app;
mod contact;
mod edit;
mod health;
mod lead;
mod log;
mod mapping;
mod outbox;
mod overview;
mod sign_in;
mod sync;
mod webhook;

pub(crate) use account::{account_forget, account_list, account_select, account_sign_out};
pub(crate) use app::{app_status, preferences_get, preferences_set, vault_create, vault_unlock};
pub(crate) use contact::contact_search;
pub(crate) use edit::{
    batch_take_back, contact_edit, lead_bulk_apply, lead_bulk_preview, lead_create, lead_edit, lead_edit_for,
    note_add, task_add, task_complete,
};
pub(crate) use health::health_check;
pub(crate) use lead::{lead_get, lead_list};
pub(crate) use log::{log_export, log_get, log_list};
pub(crate) use mapping::mapping_get;
pub(crate) use outbox::{
    conflict_dismiss, conflict_list, conflict_undo, outbox_discard, outbox_list, outbox_pause, outbox_retry,
};
pub(crate) use overview::overview_get;
pub(crate) use sign_in::{
    demo_clock_advance, demo_start, env_import_preview, env_import_sign_in, sign_in_browser_cancel,
    sign_in_browser_start, sign_in_code, sign_in_long_lived,
};
pub(crate) use sync::{import_cancel, import_start, sync_poll_now, sync_status};
pub(crate) use webhook::{
    delivery_get, delivery_list, delivery_replay, webhook_check, webhook_get, webhook_set, webhook_test,
};
