//! `leads` with `lead_documents`, `lead_tags`, `lead_field_values`, `lead_contacts` and `leads_fts`.

mod detail;
mod filter;
mod grouped;
mod index;
mod list;
mod matching;
mod order;
#[cfg(test)]
mod order_tests;
mod read;
#[cfg(test)]
mod tests;
mod upsert;

pub use detail::{LeadDetail, LinkedContact, get, get_by_kommo_id};
pub use filter::{Between, FieldFilter, FieldTest, LeadColumn, LeadQuery, LeadSort, LeadState, StageChoice};
pub use list::{ContactBrief, LeadPage, LeadSummary, StageCount, count, list, stage_counts};
pub use read::{StoredLead, find, id_of, kommo_id_of, kommo_ids_after, page_after, witness};
pub use upsert::{mark_deleted, upsert_many};

pub(crate) use index::reindex_leads_of;
