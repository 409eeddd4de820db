-- Everything that crossed the border with Kommo or was decided here. Only ever appended to and aged out.
CREATE TABLE sync_log (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out', 'local')),
    channel TEXT NOT NULL CHECK (length(channel) > 0),
    operation TEXT NOT NULL CHECK (length(operation) > 0),
    entity_kind TEXT,
    entity_kommo_id INTEGER,
    entity_name TEXT,
    details_json TEXT NOT NULL CHECK (json_valid(details_json)),
    outcome TEXT NOT NULL CHECK (outcome IN ('done', 'failed', 'waiting', 'refused')),
    error_code TEXT,
    duration_ms INTEGER,
    attempt INTEGER NOT NULL CHECK (attempt > 0),
    actor TEXT NOT NULL CHECK (actor IN ('person', 'engine', 'agent', 'kommo')),
    difference_json TEXT CHECK (difference_json IS NULL OR json_valid(difference_json)),
    payload_redacted TEXT
) STRICT;
CREATE INDEX sync_log_by_time ON sync_log (at_ms);
CREATE INDEX sync_log_by_entity ON sync_log (entity_kind, entity_kommo_id) WHERE entity_kommo_id IS NOT NULL;
CREATE INDEX sync_log_by_outcome ON sync_log (outcome) WHERE outcome <> 'done';

-- rowid = sync_log.id
CREATE VIRTUAL TABLE sync_log_fts USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0'
);
