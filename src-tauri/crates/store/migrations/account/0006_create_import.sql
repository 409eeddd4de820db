-- A full reading of the account. running <-> paused; running -> finished | failed; running, paused -> cancelled.
CREATE TABLE import_runs (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    state TEXT NOT NULL CHECK (state IN ('running', 'paused', 'cancelled', 'finished', 'failed')),
    started_at_ms INTEGER NOT NULL,
    finished_at_ms INTEGER,
    failure TEXT,
    CHECK ((state IN ('cancelled', 'finished', 'failed')) = (finished_at_ms IS NOT NULL)),
    CHECK ((state = 'failed') = (failure IS NOT NULL))
) STRICT;
-- One reading at a time.
CREATE UNIQUE INDEX import_runs_open ON import_runs (state IN ('running', 'paused'))
    WHERE state IN ('running', 'paused');

CREATE TABLE import_entities (
    run_id INTEGER NOT NULL REFERENCES import_runs (id) ON DELETE CASCADE,
    entity TEXT NOT NULL CHECK (entity IN ('structure', 'leads', 'contacts', 'companies', 'tasks', 'lead_notes',
        'contact_notes', 'company_notes', 'events')),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'refused')),
    total_pages INTEGER,
    estimated_items INTEGER,
    PRIMARY KEY (run_id, entity)
) STRICT, WITHOUT ROWID;

-- Written in the transaction that writes the page's rows, so a page that is here is never fetched again.
CREATE TABLE import_pages (
    run_id INTEGER NOT NULL,
    entity TEXT NOT NULL,
    page INTEGER NOT NULL CHECK (page > 0),
    items INTEGER NOT NULL CHECK (items >= 0),
    PRIMARY KEY (run_id, entity, page),
    FOREIGN KEY (run_id, entity) REFERENCES import_entities (run_id, entity) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Up to where the changes of the account are known.
CREATE TABLE sync_cursors (
    entity TEXT NOT NULL PRIMARY KEY CHECK (entity IN ('structure', 'leads', 'contacts', 'companies', 'tasks',
        'notes', 'events', 'deletions')),
    cursor_ms INTEGER NOT NULL,
    polled_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
