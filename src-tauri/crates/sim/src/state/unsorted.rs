use serde_json::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnsortedState {
    Waiting,
    Accepted,
    Declined,
}

/// An incoming lead. The lead itself exists already, in the pipeline's first, special stage.
#[derive(Clone, Debug)]
pub(crate) struct Unsorted {
    pub(crate) uid: String,
    pub(crate) source_uid: Option<String>,
    pub(crate) source_name: Option<String>,
    /// `sip`, `mail`, `forms` or `chats`.
    pub(crate) category: &'static str,
    pub(crate) pipeline_id: u32,
    pub(crate) created_at: i64,
    pub(crate) metadata: Value,
    pub(crate) lead_id: u32,
    pub(crate) contact_id: Option<u32>,
    pub(crate) company_id: Option<u32>,
    pub(crate) state: UnsortedState,
    pub(crate) decided_at: Option<i64>,
}
