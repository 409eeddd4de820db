-- Narrow on purpose: lists and filters read this table, the bulk of a lead lies in lead_documents.
CREATE TABLE leads (
    row_id INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kommo_id INTEGER NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    price_cents INTEGER NOT NULL,
    pipeline_kommo_id INTEGER NOT NULL,
    status_kommo_id INTEGER NOT NULL,
    responsible_kommo_id INTEGER,
    loss_reason_kommo_id INTEGER,
    source_kommo_id INTEGER,
    company_kommo_id INTEGER,
    created_by_kommo_id INTEGER,
    updated_by_kommo_id INTEGER,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    closed_at_ms INTEGER,
    closest_task_at_ms INTEGER,
    deleted_at_ms INTEGER,
    -- Digest of all that Kommo said, to see at once that nothing changed.
    content_digest BLOB NOT NULL CHECK (length(content_digest) = 16),
    synced_at_ms INTEGER NOT NULL
) STRICT;

-- Deleted leads lie apart at one end of every index.
CREATE INDEX leads_by_updated ON leads (deleted_at_ms, updated_at_ms);
CREATE INDEX leads_by_created ON leads (deleted_at_ms, created_at_ms);
CREATE INDEX leads_by_name ON leads (deleted_at_ms, name_folded);
CREATE INDEX leads_by_price ON leads (deleted_at_ms, price_cents);
CREATE INDEX leads_by_closest_task ON leads (deleted_at_ms, closest_task_at_ms) WHERE closest_task_at_ms IS NOT NULL;
CREATE INDEX leads_by_closing ON leads (deleted_at_ms, closed_at_ms) WHERE closed_at_ms IS NOT NULL;
-- Holds every filterable column: whatever the filter, a list reads this index and not the table.
CREATE INDEX leads_for_lists ON leads (
    deleted_at_ms, pipeline_kommo_id, status_kommo_id, updated_at_ms, responsible_kommo_id, price_cents,
    created_at_ms, closest_task_at_ms, closed_at_ms, loss_reason_kommo_id, source_kommo_id, company_kommo_id
);

CREATE TABLE lead_documents (
    lead_row INTEGER NOT NULL PRIMARY KEY REFERENCES leads (row_id) ON DELETE CASCADE,
    fields_json TEXT NOT NULL,
    -- The lead's own part of what can be searched; the part of its contacts is added in leads_fts.
    search_text TEXT NOT NULL
) STRICT;

CREATE TABLE lead_tags (
    lead_row INTEGER NOT NULL REFERENCES leads (row_id) ON DELETE CASCADE,
    tag_kommo_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (lead_row, tag_kommo_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX lead_tags_by_tag ON lead_tags (tag_kommo_id, lead_row);

-- One row per value, for filters. All values of a field lie side by side: a filter reads just those.
CREATE TABLE lead_field_values (
    field_kommo_id INTEGER NOT NULL,
    lead_row INTEGER NOT NULL,
    position INTEGER NOT NULL,
    enum_id INTEGER,
    number REAL,
    text_folded TEXT,
    PRIMARY KEY (field_kommo_id, lead_row, position)
) STRICT, WITHOUT ROWID;

-- By Kommo's numbers, because a link may arrive before its contact.
CREATE TABLE lead_contacts (
    lead_kommo_id INTEGER NOT NULL,
    contact_kommo_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    is_main INTEGER NOT NULL CHECK (is_main IN (0, 1)),
    PRIMARY KEY (lead_kommo_id, contact_kommo_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX lead_contacts_by_contact ON lead_contacts (contact_kommo_id, lead_kommo_id);

-- rowid = leads.row_id; holds only leads that are not deleted.
CREATE VIRTUAL TABLE leads_fts USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0'
);
-- During an import most leads are indexed twice, as they arrive and as their contacts do: pieces of the index are
-- merged less eagerly than is usual, because merging would cost more than it saves.
INSERT INTO leads_fts (leads_fts, rank) VALUES ('automerge', 8);
INSERT INTO leads_fts (leads_fts, rank) VALUES ('deletemerge', 50);
