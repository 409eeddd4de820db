-- Every Kommo account connected on this computer. Each has a database file of its own.
CREATE TABLE accounts (
    id TEXT NOT NULL PRIMARY KEY,
    subdomain TEXT NOT NULL CHECK (length(subdomain) BETWEEN 1 AND 63),
    base_url TEXT NOT NULL CHECK (length(base_url) > 0),
    name TEXT NOT NULL,
    kommo_id INTEGER,
    file_name TEXT NOT NULL UNIQUE CHECK (length(file_name) > 0),
    is_demo INTEGER NOT NULL DEFAULT 0 CHECK (is_demo IN (0, 1)),
    sort INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    removed_at_ms INTEGER
) STRICT, WITHOUT ROWID;

-- The same account of Kommo is connected at most once.
CREATE UNIQUE INDEX accounts_by_kommo_id ON accounts (kommo_id)
    WHERE kommo_id IS NOT NULL AND removed_at_ms IS NULL AND is_demo = 0;
