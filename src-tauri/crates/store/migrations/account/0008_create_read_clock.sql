-- When Kommo was asked last. What is asked for later is newer, whatever the clock of this computer says: the instants
-- of `synced_at_ms` only ever grow, also when the clock is set back.
CREATE TABLE read_clock (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    latest_ms INTEGER NOT NULL
) STRICT;
