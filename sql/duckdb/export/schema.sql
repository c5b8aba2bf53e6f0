-- What exports remember. A sync's keys, and for mode diff its values, lie in smew.export_state_N, and what a run has
-- still to send in smew.export_pending_N, N being the sync's number.
CREATE TABLE IF NOT EXISTS smew.export_syncs (
    sync_id VARCHAR NOT NULL,
    number BIGINT NOT NULL,
    shape VARCHAR,                      -- JSON: what the state's columns are; NULL: nothing counts as sent
    claim VARCHAR,                      -- what the object that claims the place says; NULL: it is not claimed
    claiming VARCHAR                    -- … and what a run that has not come to its end has written over it, or is about to
);

-- The log: one row a run.
CREATE TABLE IF NOT EXISTS smew.export_runs (
    run_id BIGINT NOT NULL,
    sync_id VARCHAR NOT NULL,
    definition VARCHAR NOT NULL,        -- digest of the sync and its model
    mode VARCHAR NOT NULL,
    full_resync BOOLEAN NOT NULL,       -- as if nothing had been sent before
    shape VARCHAR,                      -- JSON, of what is pending; NULL: nothing is
    began_at TIMESTAMP NOT NULL,        -- what the times in file names are taken from
    attempts BIGINT NOT NULL,
    status VARCHAR NOT NULL,            -- running, done, failed, or abandoned: another definition took its place
    ended_at TIMESTAMP,
    error VARCHAR,
    seconds DOUBLE NOT NULL,            -- of the last attempt
    null_keys BIGINT NOT NULL,          -- rows left out, as their key has a NULL
    duplicates BIGINT NOT NULL,         -- rows left out, as another has their key
    model_rows BIGINT NOT NULL,         -- rows that the model has without these
    added BIGINT NOT NULL,              -- rows sent; in mode all, all of them
    changed BIGINT NOT NULL,
    removed BIGINT NOT NULL,
    files BIGINT NOT NULL,
    bytes BIGINT NOT NULL
);

-- Files are noted before they are written, so that a run that is repeated knows which there may be.
CREATE TABLE IF NOT EXISTS smew.export_files (
    run_id BIGINT NOT NULL,
    key VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,              -- all, added, changed or removed; emptied: a file of a run before; manifest
    part BIGINT NOT NULL,
    rows BIGINT,                        -- NULL: not known to be whole
    bytes BIGINT,
    sha256 VARCHAR,
    first VARCHAR                       -- JSON: its first lines, of the last run and of first parts alone; NULL: they are not kept
);
