-- A browser sign-in on its way. Only a digest of its state is kept, so reading the table forges no answer.
CREATE TABLE sign_in_attempts (
    id TEXT NOT NULL PRIMARY KEY,
    state_sha256 BLOB NOT NULL UNIQUE CHECK (length(state_sha256) = 32),
    method TEXT NOT NULL CHECK (method IN ('browser', 'code')),
    -- The account that signs in again; none when a new one is being connected.
    account_id TEXT,
    subdomain TEXT,
    client_id TEXT NOT NULL,
    client_secret TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL CHECK (expires_at_ms > created_at_ms),
    used_at_ms INTEGER
) STRICT, WITHOUT ROWID;
