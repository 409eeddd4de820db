-- The account's structure. What vanished in Kommo stays, marked removed: old leads still point to it.
CREATE TABLE pipelines (
    kommo_id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    sort INTEGER NOT NULL,
    is_main INTEGER NOT NULL CHECK (is_main IN (0, 1)),
    is_archived INTEGER NOT NULL CHECK (is_archived IN (0, 1)),
    removed_at_ms INTEGER
) STRICT;

-- 142 and 143 exist in every pipeline, so only the pair is a stage.
CREATE TABLE stages (
    pipeline_kommo_id INTEGER NOT NULL REFERENCES pipelines (kommo_id),
    status_kommo_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    sort INTEGER NOT NULL,
    color TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('incoming', 'ordinary', 'won', 'lost')),
    removed_at_ms INTEGER,
    PRIMARY KEY (pipeline_kommo_id, status_kommo_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    kommo_id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT,
    is_admin INTEGER NOT NULL CHECK (is_admin IN (0, 1)),
    is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    removed_at_ms INTEGER
) STRICT;

CREATE TABLE custom_fields (
    entity TEXT NOT NULL CHECK (entity IN ('lead', 'contact', 'company')),
    kommo_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    code TEXT,
    sort INTEGER NOT NULL,
    is_api_only INTEGER NOT NULL CHECK (is_api_only IN (0, 1)),
    removed_at_ms INTEGER,
    PRIMARY KEY (entity, kommo_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE field_options (
    entity TEXT NOT NULL,
    field_kommo_id INTEGER NOT NULL,
    enum_id INTEGER NOT NULL,
    label TEXT NOT NULL,
    position INTEGER NOT NULL,
    removed_at_ms INTEGER,
    PRIMARY KEY (entity, field_kommo_id, enum_id),
    FOREIGN KEY (entity, field_kommo_id) REFERENCES custom_fields (entity, kommo_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE tags (
    entity TEXT NOT NULL CHECK (entity IN ('lead', 'contact', 'company')),
    kommo_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    color TEXT,
    removed_at_ms INTEGER,
    PRIMARY KEY (entity, kommo_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE loss_reasons (
    kommo_id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    sort INTEGER NOT NULL,
    removed_at_ms INTEGER
) STRICT;
