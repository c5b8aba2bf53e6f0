-- Rows that hold no whole number where an id is wanted, set aside by a load that was told to (R11).
-- For each dump and table there are as many as smew.tables.own_quarantined says.
CREATE TABLE IF NOT EXISTS smew.quarantine (
    dump_id BIGINT NOT NULL,
    table_name VARCHAR NOT NULL,        -- as delivered
    part INTEGER NOT NULL,              -- place in the manifest's list, from 1
    part_key VARCHAR NOT NULL,
    "row" BIGINT NOT NULL,              -- of the part, from 1
    column_name VARCHAR NOT NULL,       -- as delivered
    reason VARCHAR NOT NULL,
    content VARCHAR NOT NULL            -- the whole row as a JSON object
)
