//! What can be seen of the engine from outside.

use crate::trouble::Trouble;
use cadencia_domain::time::UtcMillis;

/// Whether Kommo answers and accepts us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Connection {
    /// Not asked yet.
    #[default]
    Starting,
    /// Answers.
    Connected,
    /// Does not answer, or with faults; tried again by itself.
    Offline,
    /// Only signing in again helps.
    NeedsSignIn,
    /// Asks to wait, or blocks this computer.
    Limited,
}

/// The state of an engine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EngineStatus {
    /// Whether Kommo answers and accepts us.
    pub connection: Connection,
    /// The present trouble.
    pub trouble: Option<Trouble>,
    /// When it is tried again.
    pub retry_at: Option<UtcMillis>,
    /// The import.
    pub import: ImportProgress,
    /// Polling.
    pub polling: Polling,
}

/// Where the import stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportProgress {
    /// Its state.
    pub state: ImportState,
    /// When it began.
    pub started_at: Option<UtcMillis>,
    /// When it ended.
    pub finished_at: Option<UtcMillis>,
    /// Kind by kind.
    pub entities: Vec<EntityProgress>,
}

/// Where an import stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImportState {
    /// Never started.
    #[default]
    Never,
    /// Fetching.
    Running,
    /// Waits for Kommo.
    Waiting,
    /// Cancelled by a person.
    Cancelled,
    /// Everything is here.
    Finished,
}

/// One kind of thing in an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntityProgress {
    /// What it is.
    pub entity: Imported,
    /// Where it stands.
    pub state: EntityState,
    /// Things fetched.
    pub items: u32,
    /// Pages fetched.
    pub pages: u32,
    /// Pages in all, as far as known.
    pub total_pages: Option<u32>,
    /// `total_pages` is an estimate.
    pub is_estimate: bool,
}

/// Where one kind of thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntityState {
    /// Not begun.
    Waiting,
    /// Being fetched.
    Running,
    /// All here.
    Done,
    /// Kommo refuses it to this user.
    Refused,
}

/// What an import fetches, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Imported {
    /// Account, pipelines, users, fields, tags, loss reasons.
    Structure,
    /// Leads.
    Leads,
    /// People.
    Contacts,
    /// Companies.
    Companies,
    /// Tasks.
    Tasks,
    /// Notes of leads.
    LeadNotes,
    /// Notes of people.
    ContactNotes,
    /// Notes of companies.
    CompanyNotes,
    /// Recent history.
    Events,
}

impl Imported {
    /// All, in the order they are fetched.
    pub const ALL: [Self; 9] = [
        Self::Structure,
        Self::Leads,
        Self::Contacts,
        Self::Companies,
        Self::Tasks,
        Self::LeadNotes,
        Self::ContactNotes,
        Self::CompanyNotes,
        Self::Events,
    ];

    /// The store's word for it.
    pub(crate) fn stored(self) -> cadencia_store::import_runs::ImportEntity {
        use cadencia_store::import_runs::ImportEntity as Stored;
        match self {
            Self::Structure => Stored::Structure,
            Self::Leads => Stored::Leads,
            Self::Contacts => Stored::Contacts,
            Self::Companies => Stored::Companies,
            Self::Tasks => Stored::Tasks,
            Self::LeadNotes => Stored::LeadNotes,
            Self::ContactNotes => Stored::ContactNotes,
            Self::CompanyNotes => Stored::CompanyNotes,
            Self::Events => Stored::Events,
        }
    }

    /// The name kept in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Structure => "structure",
            Self::Leads => "leads",
            Self::Contacts => "contacts",
            Self::Companies => "companies",
            Self::Tasks => "tasks",
            Self::LeadNotes => "lead_notes",
            Self::ContactNotes => "contact_notes",
            Self::CompanyNotes => "company_notes",
            Self::Events => "events",
        }
    }
}

/// Polling for changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Polling {
    /// When the last poll ended well, by this computer's clock.
    pub last_at: Option<UtcMillis>,
    /// When the next begins.
    pub next_at: Option<UtcMillis>,
    /// Changes the last poll found.
    pub last_changes: u32,
    /// Kommo's time of the last change seen.
    pub last_change_seen_at: Option<UtcMillis>,
    /// Everything up to this instant, by Kommo's clock, is here.
    pub complete_until: Option<UtcMillis>,
}

/// Something the engine did.
#[derive(Clone, Debug, PartialEq)]
pub enum EngineEvent {
    /// Leads changed in the mirror, by Kommo's numbers; empty means many.
    LeadsChanged(Vec<i64>),
    /// Pipelines, users, fields or tags changed.
    StructureChanged,
    /// Rows were added to the sync log, up to this id.
    LogAppended(i64),
    /// The import ended.
    ImportFinished {
        /// Leads in the mirror.
        leads: u32,
        /// People in the mirror.
        contacts: u32,
    },
    /// Kommo did not answer for some minutes.
    ConnectionLost,
    /// Kommo answers again after that.
    ConnectionRestored,
    /// Only signing in again helps.
    SignInLost,
    /// Promised changes moved on.
    OutboxChanged,
    /// So many changes need a person now.
    ChangesWedged(u32),
    /// Deliveries of webhooks came or were looked at.
    InboxChanged,
}
