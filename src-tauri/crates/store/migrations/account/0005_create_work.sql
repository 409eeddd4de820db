CREATE TABLE tasks (
    kommo_id INTEGER NOT NULL PRIMARY KEY,
    entity TEXT CHECK (entity IN ('lead', 'contact', 'company')),
    entity_kommo_id INTEGER,
    responsible_kommo_id INTEGER,
    task_type INTEGER NOT NULL,
    text TEXT NOT NULL,
    due_at_ms INTEGER NOT NULL,
    is_completed INTEGER NOT NULL CHECK (is_completed IN (0, 1)),
    result TEXT,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    deleted_at_ms INTEGER,
    content_digest BLOB NOT NULL CHECK (length(content_digest) = 16),
    synced_at_ms INTEGER NOT NULL,
    CHECK ((entity IS NULL) = (entity_kommo_id IS NULL))
) STRICT;
CREATE INDEX tasks_by_entity ON tasks (entity, entity_kommo_id, due_at_ms) WHERE entity IS NOT NULL;
CREATE INDEX tasks_open_by_due ON tasks (due_at_ms) WHERE is_completed = 0 AND deleted_at_ms IS NULL;

CREATE TABLE notes (
    kommo_id INTEGER NOT NULL PRIMARY KEY,
    entity TEXT NOT NULL CHECK (entity IN ('lead', 'contact', 'company')),
    entity_kommo_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    params_json TEXT NOT NULL,
    created_by_kommo_id INTEGER,
    is_pinned INTEGER NOT NULL CHECK (is_pinned IN (0, 1)),
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    deleted_at_ms INTEGER,
    content_digest BLOB NOT NULL CHECK (length(content_digest) = 16),
    synced_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX notes_by_entity ON notes (entity, entity_kommo_id, created_at_ms);

-- Kommo's own history. Entries never change.
CREATE TABLE events (
    kommo_id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    entity_type TEXT NOT NULL,
    entity_kommo_id INTEGER NOT NULL,
    created_by_kommo_id INTEGER,
    created_at_ms INTEGER NOT NULL,
    value_before_json TEXT NOT NULL,
    value_after_json TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_entity ON events (entity_type, entity_kommo_id, created_at_ms);
CREATE INDEX events_by_created ON events (created_at_ms);
