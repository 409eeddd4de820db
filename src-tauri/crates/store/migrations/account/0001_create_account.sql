-- What Kommo says of the account. One row at most.
CREATE TABLE account_profiles (
    slot INTEGER NOT NULL PRIMARY KEY CHECK (slot = 1),
    kommo_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    subdomain TEXT NOT NULL,
    country TEXT,
    currency TEXT,
    time_zone TEXT,
    current_user_kommo_id INTEGER,
    task_types_json TEXT NOT NULL CHECK (json_valid(task_types_json)),
    updated_at_ms INTEGER NOT NULL
) STRICT;

-- How we are signed in. One row at most. `generation` grows with every write: whoever refreshes writes only
-- over the generation it read.
CREATE TABLE credentials (
    slot INTEGER NOT NULL PRIMARY KEY CHECK (slot = 1),
    kind TEXT NOT NULL CHECK (kind IN ('long_lived', 'oauth')),
    base_url TEXT NOT NULL,
    access_token TEXT NOT NULL,
    refresh_token TEXT,
    expires_at_ms INTEGER,
    client_id TEXT,
    client_secret TEXT,
    redirect_uri TEXT,
    state TEXT NOT NULL CHECK (state IN ('valid', 'needs_sign_in')),
    reason TEXT,
    generation INTEGER NOT NULL CHECK (generation > 0),
    updated_at_ms INTEGER NOT NULL,
    CHECK ((state = 'needs_sign_in') = (reason IS NOT NULL)),
    CHECK (kind = 'long_lived' OR (refresh_token IS NOT NULL AND client_id IS NOT NULL
        AND client_secret IS NOT NULL AND redirect_uri IS NOT NULL))
) STRICT;
