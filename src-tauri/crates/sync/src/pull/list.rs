//! One page of one list, in our words: for the import, and for polls.

use super::page_plan::PageFound;
use super::walk::Ordered;
use crate::mapping;
use crate::status::Imported;
use cadencia_domain::contact::{Company, Contact};
use cadencia_domain::event::AccountEvent;
use cadencia_domain::field::EntityKind;
use cadencia_domain::lead::Lead;
use cadencia_domain::time::UtcMillis;
use cadencia_domain::work::{Note, Task};
use kommo::companies::CompaniesQuery;
use kommo::contacts::ContactsQuery;
use kommo::events::EventsQuery;
use kommo::leads::{LeadWith, LeadsQuery};
use kommo::notes::NotesQuery;
use kommo::tasks::TasksQuery;
use kommo::{Client, EntityType, Order, OrderBy, Page, PageRequest, Result, TimeRange};

/// What lead lists are asked to bring along.
pub(crate) const LEAD_WITH: [LeadWith; 2] = [LeadWith::Contacts, LeadWith::SourceId];
/// Some pages of Kommo's documentation allow 250 events a page, others 100.
const EVENT_PAGE: u32 = 100;

/// Rows of one page.
#[derive(Debug)]
pub(crate) enum Rows {
    Leads(Vec<Lead>),
    Contacts(Vec<Contact>),
    Companies(Vec<Company>),
    Tasks(Vec<Task>),
    Notes(Vec<Note>),
    Events(Vec<AccountEvent>),
}

impl Rows {
    /// Number and instant of the last change of each row. Events have no number.
    pub(crate) fn changes(&self) -> Vec<(i64, UtcMillis)> {
        match self {
            Self::Leads(rows) => rows.iter().map(|row| (row.kommo_id.0, row.updated_at)).collect(),
            Self::Contacts(rows) => rows.iter().map(|row| (row.kommo_id.0, row.updated_at)).collect(),
            Self::Companies(rows) => rows.iter().map(|row| (row.kommo_id.0, row.updated_at)).collect(),
            Self::Tasks(rows) => rows.iter().map(|row| (row.kommo_id.0, row.updated_at)).collect(),
            Self::Notes(rows) => rows.iter().map(|row| (row.kommo_id.0, row.updated_at)).collect(),
            Self::Events(rows) => rows.iter().map(|row| (0, row.created_at)).collect(),
        }
    }

    /// Only those whose last change is wanted.
    pub(crate) fn retain(&mut self, wants: impl Fn(UtcMillis) -> bool) {
        match self {
            Self::Leads(rows) => rows.retain(|row| wants(row.updated_at)),
            Self::Contacts(rows) => rows.retain(|row| wants(row.updated_at)),
            Self::Companies(rows) => rows.retain(|row| wants(row.updated_at)),
            Self::Tasks(rows) => rows.retain(|row| wants(row.updated_at)),
            Self::Notes(rows) => rows.retain(|row| wants(row.updated_at)),
            Self::Events(rows) => rows.retain(|row| wants(row.created_at)),
        }
    }
}

/// What the notes of a list hang on; none for other lists.
pub(crate) fn notes_about(entity: Imported) -> Option<EntityKind> {
    match entity {
        Imported::LeadNotes => Some(EntityKind::Lead),
        Imported::ContactNotes => Some(EntityKind::Contact),
        Imported::CompanyNotes => Some(EntityKind::Company),
        _ => None,
    }
}

/// In which order [`changed_page`] gives a list.
pub(crate) fn order_of_changes(entity: Imported) -> Ordered {
    // Tasks know no order by change.
    if entity == Imported::Tasks { Ordered::ByNumber } else { Ordered::ByChange }
}

/// Fetches a page of what changed in a list since `from`, newest first as far as the list knows such an order.
pub(crate) async fn changed_page(
    client: &Client,
    entity: Imported,
    from: UtcMillis,
    at: PageRequest,
) -> Result<(Rows, PageFound)> {
    let since = TimeRange::since(from.unix_seconds());
    let newest = Some(Order::descending(OrderBy::UpdatedAt));
    match entity {
        Imported::Contacts => {
            let query = ContactsQuery { order: newest, ..ContactsQuery::default() }.updated(since);
            let page = client.contacts().list(&query, at).await?;
            let found = found(&page, |contact| contact.id);
            Ok((Rows::Contacts(page.items.into_iter().map(mapping::contact).collect()), found))
        }
        Imported::Companies => {
            let query =
                CompaniesQuery { order: newest, updated_at: Some(since), ..CompaniesQuery::default() };
            let page = client.companies().list(&query, at).await?;
            let found = found(&page, |company| company.id);
            Ok((Rows::Companies(page.items.into_iter().map(mapping::company).collect()), found))
        }
        Imported::Tasks => {
            let order = Some(Order::descending(OrderBy::Id));
            let query = TasksQuery { order, ..TasksQuery::default() }.updated(since);
            let page = client.tasks().list(&query, at).await?;
            let found = found(&page, |task| task.id);
            Ok((Rows::Tasks(page.items.into_iter().map(mapping::task).collect()), found))
        }
        Imported::LeadNotes | Imported::ContactNotes | Imported::CompanyNotes => {
            let about = notes_about(entity).unwrap_or(EntityKind::Lead);
            let query = NotesQuery { order: newest, ..NotesQuery::default() }.updated(since);
            let page = client.notes(wire_kind(about)).list(&query, at).await?;
            let found = found(&page, |note| note.id);
            let rows = page.items.into_iter().map(|note| mapping::note(about, note)).collect();
            Ok((Rows::Notes(rows), found))
        }
        // Events and the structure have no changes of their own: they are read by `history` and `structure`.
        Imported::Leads | Imported::Events | Imported::Structure => {
            let query = LeadsQuery { order: newest, ..LeadsQuery::default() }.with(LEAD_WITH).updated(since);
            let page = client.leads().list(&query, at).await?;
            let found = found(&page, |lead| lead.id);
            Ok((Rows::Leads(page.items.into_iter().map(mapping::lead).collect()), found))
        }
    }
}

/// Fetches page `page` of a list for the import. `history` bounds the events.
pub(crate) async fn import_page(
    client: &Client,
    entity: Imported,
    page: u32,
    history: (UtcMillis, UtcMillis),
) -> Result<(Rows, PageFound)> {
    let at = PageRequest { page, limit: PageRequest::MAX_LIMIT };
    let by_id = Some(Order::ascending(OrderBy::Id));
    match entity {
        Imported::Leads => {
            let query = LeadsQuery { order: by_id, ..LeadsQuery::default() }.with(LEAD_WITH);
            let page = client.leads().list(&query, at).await?;
            let found = found(&page, |lead| lead.id);
            Ok((Rows::Leads(page.items.into_iter().map(mapping::lead).collect()), found))
        }
        Imported::Contacts => {
            let query = ContactsQuery { order: by_id, ..ContactsQuery::default() };
            let page = client.contacts().list(&query, at).await?;
            let found = found(&page, |contact| contact.id);
            Ok((Rows::Contacts(page.items.into_iter().map(mapping::contact).collect()), found))
        }
        Imported::Companies => {
            let query = CompaniesQuery { order: by_id, ..CompaniesQuery::default() };
            let page = client.companies().list(&query, at).await?;
            let found = found(&page, |company| company.id);
            Ok((Rows::Companies(page.items.into_iter().map(mapping::company).collect()), found))
        }
        Imported::Tasks => {
            let query = TasksQuery { order: by_id, ..TasksQuery::default() };
            let page = client.tasks().list(&query, at).await?;
            let found = found(&page, |task| task.id);
            Ok((Rows::Tasks(page.items.into_iter().map(mapping::task).collect()), found))
        }
        Imported::LeadNotes | Imported::ContactNotes | Imported::CompanyNotes => {
            notes_page(client, notes_about(entity).unwrap_or(EntityKind::Lead), at).await
        }
        // The structure is no list; it is read as a whole.
        Imported::Events | Imported::Structure => {
            let range = TimeRange::between(history.0.unix_seconds(), history.1.unix_seconds());
            let at = PageRequest { page, limit: EVENT_PAGE };
            let page = client.events().list(&EventsQuery::default().created(range), at).await?;
            let found = PageFound { ids: None, ..found(&page, |_| 0) };
            Ok((Rows::Events(page.items.into_iter().filter_map(mapping::event).collect()), found))
        }
    }
}

async fn notes_page(client: &Client, about: EntityKind, at: PageRequest) -> Result<(Rows, PageFound)> {
    let query = NotesQuery::default().order(Order::ascending(OrderBy::Id));
    let page = client.notes(wire_kind(about)).list(&query, at).await?;
    let found = found(&page, |note| note.id);
    Ok((Rows::Notes(page.items.into_iter().map(|note| mapping::note(about, note)).collect()), found))
}

/// Kommo's word for what a note hangs on.
pub(crate) fn wire_kind(kind: EntityKind) -> EntityType {
    match kind {
        EntityKind::Lead => EntityType::Leads,
        EntityKind::Contact => EntityType::Contacts,
        EntityKind::Company => EntityType::Companies,
    }
}

fn found<T>(page: &Page<T>, id: impl Fn(&T) -> i64) -> PageFound {
    let ids = page.items.iter().map(&id).min().zip(page.items.iter().map(&id).max());
    PageFound { items: u32::try_from(page.items.len()).unwrap_or(u32::MAX), ids, has_next: page.has_next }
}
