/// The account's own settings.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) subdomain: String,
    pub(crate) created_at: i64,
    pub(crate) country: String,
    pub(crate) currency: String,
    pub(crate) currency_symbol: String,
    pub(crate) timezone: String,
    pub(crate) timezone_offset: String,
    pub(crate) amojo_id: String,
    /// Chat messages the plan still allows to be sent by the API.
    pub(crate) chat_quota: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) lang: String,
    pub(crate) uuid: String,
    pub(crate) amojo_id: String,
    pub(crate) phone: Option<String>,
    pub(crate) rights: Rights,
}

#[derive(Clone, Debug)]
pub(crate) struct Rights {
    pub(crate) is_admin: bool,
    pub(crate) is_active: bool,
    /// `A` all, `M` own.
    pub(crate) view: &'static str,
}

#[derive(Clone, Debug)]
pub(crate) struct TaskType {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) code: Option<String>,
    pub(crate) color: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct LossReason {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) sort: i64,
    pub(crate) created_at: i64,
}

#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) pipeline_id: Option<u32>,
    pub(crate) external_id: String,
    pub(crate) is_default: bool,
    pub(crate) origin_code: Option<String>,
    pub(crate) services: serde_json::Value,
    /// Kommo shows an integration only the sources it made itself.
    pub(crate) is_own: bool,
}

/// A Salesbot made by hand in Kommo. Its text may name the lead's fields as `{{lead.cf.ID}}`.
#[derive(Clone, Debug)]
pub(crate) struct Bot {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) is_active: bool,
}
