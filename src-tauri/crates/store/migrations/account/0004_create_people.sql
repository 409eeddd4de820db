CREATE TABLE contacts (
    row_id INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kommo_id INTEGER NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    first_name TEXT,
    last_name TEXT,
    responsible_kommo_id INTEGER,
    company_kommo_id INTEGER,
    is_unsorted INTEGER NOT NULL CHECK (is_unsorted IN (0, 1)),
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    deleted_at_ms INTEGER,
    content_digest BLOB NOT NULL CHECK (length(content_digest) = 16),
    synced_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX contacts_by_company ON contacts (company_kommo_id) WHERE company_kommo_id IS NOT NULL;

CREATE TABLE contact_documents (
    contact_row INTEGER NOT NULL PRIMARY KEY REFERENCES contacts (row_id) ON DELETE CASCADE,
    fields_json TEXT NOT NULL,
    tags_json TEXT NOT NULL,
    -- What a search for one of its leads may find; empty when deleted.
    search_text TEXT NOT NULL
) STRICT;

CREATE TABLE contact_phones (
    contact_row INTEGER NOT NULL REFERENCES contacts (row_id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    typed TEXT NOT NULL,
    e164 TEXT,
    -- Equal for the number with and without the Brazilian ninth digit.
    person_key TEXT,
    PRIMARY KEY (contact_row, position),
    CHECK ((e164 IS NULL) = (person_key IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_phones_by_person ON contact_phones (person_key, contact_row) WHERE person_key IS NOT NULL;

CREATE TABLE contact_emails (
    contact_row INTEGER NOT NULL REFERENCES contacts (row_id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    email TEXT NOT NULL,
    email_folded TEXT NOT NULL,
    PRIMARY KEY (contact_row, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_emails_by_email ON contact_emails (email_folded, contact_row);

CREATE TABLE companies (
    kommo_id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    responsible_kommo_id INTEGER,
    fields_json TEXT NOT NULL,
    tags_json TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    deleted_at_ms INTEGER,
    content_digest BLOB NOT NULL CHECK (length(content_digest) = 16),
    synced_at_ms INTEGER NOT NULL
) STRICT;
