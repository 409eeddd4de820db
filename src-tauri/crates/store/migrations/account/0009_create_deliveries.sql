-- What Kommo's webhooks delivered, as it came: written before Kommo is answered.
-- waiting -> done | ignored | unreadable; done, ignored, unreadable -> waiting when it comes again or is replayed.
CREATE TABLE deliveries (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'ignored', 'unreadable')),
    received_at_ms INTEGER NOT NULL,
    -- The same body again is the same delivery again. Outlives the body.
    digest BLOB NOT NULL CHECK (length(digest) = 16),
    times INTEGER NOT NULL CHECK (times > 0),
    last_received_at_ms INTEGER NOT NULL,
    -- None once it aged out.
    body BLOB,
    -- What it tells, once it was read: codes such as `lead_updated`.
    kinds_json TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    handled_at_ms INTEGER,
    -- Why it was ignored or could not be read: a code.
    reason TEXT,
    -- What it changed here.
    effect_json TEXT NOT NULL,
    CHECK ((state = 'waiting') = (handled_at_ms IS NULL)),
    CHECK ((state IN ('ignored', 'unreadable')) = (reason IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX deliveries_by_digest ON deliveries (digest);
CREATE INDEX deliveries_waiting ON deliveries (id) WHERE state = 'waiting';
CREATE INDEX deliveries_by_received ON deliveries (received_at_ms);

-- Messages of conversations, as webhooks tell them. Kommo gives each an id that never changes.
CREATE TABLE messages (
    kommo_id TEXT NOT NULL PRIMARY KEY,
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    talk_kommo_id INTEGER,
    chat_id TEXT,
    contact_kommo_id INTEGER,
    lead_kommo_id INTEGER,
    author TEXT,
    origin TEXT,
    text TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX messages_by_lead ON messages (lead_kommo_id, created_at_ms) WHERE lead_kommo_id IS NOT NULL;
CREATE INDEX messages_by_contact ON messages (contact_kommo_id, created_at_ms) WHERE contact_kommo_id IS NOT NULL;

-- The subscription in Kommo that brings deliveries here.
CREATE TABLE webhook (
    only_one INTEGER NOT NULL PRIMARY KEY CHECK (only_one = 1),
    -- The unguessable part of the address: Kommo signs nothing.
    secret TEXT NOT NULL,
    -- Where this computer is reached from outside; none means polling alone.
    public_url TEXT,
    -- What is, or may still be, subscribed in Kommo.
    destination TEXT,
    state TEXT NOT NULL CHECK (state IN ('off', 'unchecked', 'active', 'refused', 'failing')),
    -- Why it is refused or failing: a code.
    reason TEXT,
    checked_at_ms INTEGER,
    repairs INTEGER NOT NULL,
    repaired_at_ms INTEGER,
    CHECK ((state IN ('refused', 'failing')) = (reason IS NOT NULL)),
    CHECK ((state = 'off') = (public_url IS NULL))
) STRICT;
