-- Dumps that cannot be loaded and are accepted as lost, until they are tried again: until the part
-- that was lost is another one than it was, or the manifest is.
CREATE TABLE IF NOT EXISTS smew.accepted (
    dump_id BIGINT NOT NULL,
    digest VARCHAR NOT NULL,            -- of the manifest's parsed content
    part_key VARCHAR NOT NULL,          -- the first part that was met which is missing or damaged
    part_etag VARCHAR,                  -- NULL: it is missing
    accepted_at TIMESTAMP NOT NULL,
    reason VARCHAR NOT NULL,            -- as the user gave it
    error VARCHAR NOT NULL              -- what the last try said
)
