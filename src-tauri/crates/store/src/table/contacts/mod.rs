//! `contacts` with `contact_documents`, `contact_phones` and `contact_emails`.

mod read;
mod upsert;

pub use read::{StoredContact, StoredPhone, find, find_by_phone, get, kommo_ids_after, leads_of, page_after};
pub use upsert::{mark_deleted, upsert_many};
