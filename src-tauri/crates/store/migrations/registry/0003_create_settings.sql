-- What the person chose for this computer, by name.
CREATE TABLE settings (
    key TEXT NOT NULL PRIMARY KEY CHECK (length(key) > 0),
    value TEXT NOT NULL,
    updated_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The same for values that must never be shown.
CREATE TABLE secret_settings (
    key TEXT NOT NULL PRIMARY KEY CHECK (length(key) > 0),
    value TEXT NOT NULL,
    updated_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The key callers of the local API show. One row at most.
CREATE TABLE local_api_keys (
    slot INTEGER NOT NULL PRIMARY KEY CHECK (slot = 1),
    key TEXT NOT NULL CHECK (length(key) >= 32),
    created_at_ms INTEGER NOT NULL
) STRICT;
