//! Changing leads and people.

use super::LeadFilters;
use crate::Int53;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Changes to one lead. They show at once and are sent to Kommo by themselves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct LeadEditRequest {
    /// The account; without it the one that is shown.
    #[serde(default)]
    pub account_id: Option<String>,
    /// Ours; or Kommo's number as text.
    pub lead_id: String,
    /// What changes; at most 100.
    pub changes: Vec<CardChange>,
}

/// Changes to one person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct ContactEditRequest {
    /// The account; without it the one that is shown.
    #[serde(default)]
    pub account_id: Option<String>,
    /// Ours; or Kommo's number as text.
    pub contact_id: String,
    /// What changes: name, responsible and fields; at most 100.
    pub changes: Vec<CardChange>,
}

/// One change of a lead or a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum CardChange {
    /// The name.
    Name {
        /// Not empty, at most 255 characters.
        text: String,
    },
    /// The price of a lead.
    Price {
        /// Whole units of the account's currency, 0 to 1,000,000,000,000: Kommo knows no fractions.
        amount: f64,
    },
    /// The stage of a lead.
    Stage {
        /// The pipeline.
        pipeline_id: Int53,
        /// The stage within it.
        status_id: Int53,
        /// Why it was lost; only with the stage "lost".
        #[serde(default)]
        loss_reason_id: Option<Int53>,
    },
    /// Who is responsible.
    Responsible {
        /// A person of the account.
        user_id: Int53,
    },
    /// A custom field.
    Field {
        /// The field.
        field_id: Int53,
        /// Its new value.
        value: FieldInput,
    },
    /// A tag put on a lead; made when there is none of this name.
    TagAdd {
        /// Its text.
        name: String,
    },
    /// A tag taken off a lead.
    TagRemove {
        /// Its text.
        name: String,
    },
    /// A person linked to a lead.
    Link {
        /// Kommo's number of the person.
        contact_id: Int53,
        /// As the main contact.
        is_main: bool,
    },
    /// A person no longer linked to a lead.
    Unlink {
        /// Kommo's number of the person.
        contact_id: Int53,
    },
}

/// A value for a custom field, by the kind of the field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "as", rename_all = "snake_case")]
pub enum FieldInput {
    /// Empties the field.
    Empty,
    /// Text, address of a page, street.
    Text {
        /// The text.
        text: String,
    },
    /// A number or an amount.
    Number {
        /// The number.
        number: f64,
    },
    /// Yes or no.
    YesNo {
        /// Yes.
        value: bool,
    },
    /// One or several options.
    Options {
        /// Kommo's numbers of the options.
        enum_ids: Vec<Int53>,
    },
    /// A day or an instant.
    Moment {
        /// Unix seconds.
        unix_s: Int53,
    },
    /// Phones or e-mail addresses.
    Texts {
        /// In order.
        items: Vec<TextItem>,
    },
}

/// One phone or e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct TextItem {
    /// The number or address.
    pub text: String,
    /// What kind (work, mobile): one of the field's options.
    #[serde(default)]
    pub enum_id: Option<Int53>,
}

/// Changes were promised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChangesPromised {
    /// By this they can be taken back together.
    pub batch_id: String,
    /// How many.
    pub changes: u32,
    /// Until then taking back is certain to come in time; none when they are sent at once.
    pub undo_until_ms: Option<Int53>,
}

/// A note to write on a lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct NoteAddRequest {
    /// The account; without it the one that is shown.
    #[serde(default)]
    pub account_id: Option<String>,
    /// Ours; or Kommo's number as text.
    pub lead_id: String,
    /// Not empty, at most 20,000 characters.
    pub text: String,
}

/// A task to give on a lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct TaskAddRequest {
    /// The account; without it the one that is shown.
    #[serde(default)]
    pub account_id: Option<String>,
    /// Ours; or Kommo's number as text.
    pub lead_id: String,
    /// What to do.
    pub text: String,
    /// Kommo's number of its type.
    pub task_type_id: Int53,
    /// Due.
    pub due_at_ms: Int53,
    /// Who has to do it; without it whoever is responsible for the lead.
    #[serde(default)]
    pub responsible_id: Option<Int53>,
}

/// A task that is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct TaskCompleteRequest {
    /// The account; without it the one that is shown.
    #[serde(default)]
    pub account_id: Option<String>,
    /// Kommo's number of the task.
    pub task_id: Int53,
    /// What came of it; may be empty.
    pub result: String,
}

/// A lead to create.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct LeadCreateRequest {
    /// The account; without it the one that is shown.
    #[serde(default)]
    pub account_id: Option<String>,
    /// Not empty, at most 255 characters.
    pub name: String,
    /// Whole units of the account's currency.
    pub price: f64,
    /// The pipeline.
    pub pipeline_id: Int53,
    /// The stage within it.
    pub status_id: Int53,
    /// Who is responsible.
    #[serde(default)]
    pub responsible_id: Option<Int53>,
    /// Kommo's numbers of its people, who exist already; the first is the main one.
    #[serde(default)]
    pub contact_ids: Vec<Int53>,
    /// Its tags.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// The same change to many leads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct BulkRequest {
    /// The account; without it the one that is shown.
    #[serde(default)]
    pub account_id: Option<String>,
    /// Which leads.
    pub leads: BulkLeads,
    /// What changes: stage, responsible, tags.
    pub change: CardChange,
}

/// Which leads a change is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum BulkLeads {
    /// These.
    Ids {
        /// Ours.
        lead_ids: Vec<String>,
    },
    /// All that match, as the table shows them.
    Matching {
        /// Words, a phone, an e-mail.
        #[serde(default)]
        search: Option<String>,
        /// All have to hold.
        filters: Box<LeadFilters>,
    },
}

/// What a change to many leads would do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct BulkPreview {
    /// Leads asked for.
    pub leads: u32,
    /// Leads that would be different.
    pub changes: u32,
    /// Leads that are so already.
    pub unchanged: u32,
    /// Of those that would be different, the incoming ones: Kommo accepts a lead that is written to.
    pub accepts: u32,
    /// More than 10,000 leads were asked for: only these are looked at, and nothing can be applied.
    pub is_too_many: bool,
    /// Where the leads that would be different stand now, most first.
    pub from: Vec<BulkFrom>,
    /// Some of those that would be different, by name.
    pub examples: Vec<String>,
}

/// How many leads stand where before a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BulkFrom {
    /// Stage or person, by name; empty when none.
    pub name: String,
    /// Leads.
    pub leads: u32,
}

/// Names changes that were promised together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct BatchRequest {
    /// The account; without it the one that is shown.
    #[serde(default)]
    pub account_id: Option<String>,
    /// Which.
    pub batch_id: String,
}

/// Changes were taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BatchTakenBack {
    /// Not sent, and never will be.
    pub taken_back: u32,
    /// Were in Kommo already, or on their way.
    pub too_late: u32,
}
