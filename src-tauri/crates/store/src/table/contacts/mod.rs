//! `contacts` with `contact_documents`, `contact_phones`, `contact_emails` and `contacts_fts`.

mod read;
mod search;
mod upsert;

pub use read::{StoredContact, StoredPhone, find, find_by_phone, get, kommo_ids_after, leads_of, page_after};
pub use search::{FoundContact, FoundContacts, search};
pub use upsert::{mark_deleted, upsert_many};
