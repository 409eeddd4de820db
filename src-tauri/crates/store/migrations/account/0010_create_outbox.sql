-- Changes that are promised to Kommo, written with their cause.
--
-- waiting -> sending            it is about to be asked for; whether it happened is looked up before it is sent again
-- sending -> waiting            certainly not carried out
-- waiting, sending -> done      Kommo has it
-- waiting -> superseded         a later change of the same thing takes its place
-- waiting, sending -> conflict  somebody changed the same thing in Kommo meanwhile and wins; see conflicts
-- waiting, sending -> wedged    only a person or a repair in Kommo can free it; wedged -> waiting
-- waiting, wedged -> discarded  a person took it back
CREATE TABLE outbox (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    intent TEXT NOT NULL UNIQUE,
    -- Changes that were asked for together.
    batch TEXT,
    actor TEXT NOT NULL CHECK (actor IN ('person', 'engine', 'agent')),
    kind TEXT NOT NULL CHECK (kind IN ('edit', 'tag', 'link', 'note', 'task', 'task_done', 'lead')),
    -- What has to stay in order: `lead:1`, `contact:2`, `task:3`, or its own intent.
    lane TEXT NOT NULL,
    -- The thing within the lane that it sets, for edits: `name`, `stage`, `field:7`, `tag:vip`.
    subject TEXT,
    write_json TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('waiting', 'sending', 'done', 'superseded', 'conflict', 'wedged', 'discarded')),
    attempts INTEGER NOT NULL,
    due_at_ms INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    -- The creation date that Kommo is told, in Unix seconds: by it a thing is found again whose answer was lost.
    marker_at_s INTEGER NOT NULL,
    first_sent_at_ms INTEGER,
    ended_at_ms INTEGER,
    -- Why it waits or is wedged: a code, and Kommo's words without anything personal.
    cause TEXT,
    cause_detail TEXT,
    -- Kommo's number of what was created.
    result_kommo_id INTEGER,
    CHECK ((state IN ('done', 'superseded', 'conflict', 'discarded')) = (ended_at_ms IS NOT NULL)),
    CHECK (state <> 'wedged' OR cause IS NOT NULL),
    CHECK (state <> 'sending' OR first_sent_at_ms IS NOT NULL)
) STRICT;
CREATE INDEX outbox_open ON outbox (state, due_at_ms, id) WHERE state IN ('waiting', 'sending', 'wedged');
CREATE INDEX outbox_open_by_lane ON outbox (lane, id) WHERE state IN ('waiting', 'sending', 'wedged');
CREATE INDEX outbox_by_lane ON outbox (lane, ended_at_ms);
CREATE INDEX outbox_by_batch ON outbox (batch) WHERE batch IS NOT NULL;
CREATE INDEX outbox_by_ended ON outbox (ended_at_ms) WHERE ended_at_ms IS NOT NULL;

-- A value that lost against another. open -> undone | dismissed.
CREATE TABLE conflicts (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'undone', 'dismissed')),
    -- Whose value stands in Kommo now.
    winner TEXT NOT NULL CHECK (winner IN ('kommo', 'ours')),
    -- Why: `changed_in_kommo`, `overwritten`, `backwards`, `stage_of_person`.
    reason TEXT NOT NULL,
    entity TEXT NOT NULL CHECK (entity IN ('lead', 'contact')),
    entity_kommo_id INTEGER NOT NULL,
    subject TEXT NOT NULL,
    base_json TEXT NOT NULL,
    lost_json TEXT NOT NULL,
    kept_json TEXT NOT NULL,
    outbox_id INTEGER REFERENCES outbox (id) ON DELETE SET NULL,
    ended_at_ms INTEGER,
    CHECK ((state = 'open') = (ended_at_ms IS NULL))
) STRICT;
CREATE INDEX conflicts_open ON conflicts (id) WHERE state = 'open';
CREATE INDEX conflicts_by_entity ON conflicts (entity, entity_kommo_id, id);

-- Whether changes are sent at all.
CREATE TABLE outbox_switch (
    only_one INTEGER NOT NULL PRIMARY KEY CHECK (only_one = 1),
    is_paused INTEGER NOT NULL CHECK (is_paused IN (0, 1)),
    changed_at_ms INTEGER NOT NULL
) STRICT;
