//! The first page.

use super::{EventView, SyncStatus};
use crate::Int53;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the first page shows beside the pipelines.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Overview {
    /// How the mirror stands.
    pub sync: SyncStatus,
    /// Leads created in the last seven days.
    pub new_leads_7d: u32,
    /// Open leads.
    pub open_leads: u32,
    /// Sum of the prices of open leads.
    pub open_value: f64,
    /// Leads won this calendar month, in the account's time zone.
    pub won_month: u32,
    /// Sum of their prices.
    pub won_value_month: f64,
    /// Open tasks that are overdue.
    pub overdue_tasks: u32,
    /// Open leads without any open task.
    pub leads_without_task: u32,
    /// The latest things that happened, newest first, at most 10.
    pub recent: Vec<RecentEvent>,
}

/// Something that happened to a lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecentEvent {
    /// Our id of the lead.
    pub lead_id: String,
    /// Kommo's number of the lead.
    pub lead_kommo_id: Int53,
    /// Its name.
    pub lead_name: String,
    /// What happened.
    pub event: EventView,
}
