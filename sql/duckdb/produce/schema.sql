-- What was delivered to which feed, kept beside a database that is a feed's source. Schema pending
-- is of a dump whose manifest may not exist yet, delivered of those whose manifest does.
CREATE SCHEMA IF NOT EXISTS {{state}}.pending;
CREATE SCHEMA IF NOT EXISTS {{state}}.delivered;

-- The last dump of each feed.
CREATE TABLE IF NOT EXISTS {{state}}.pending.dumps (
    feed VARCHAR NOT NULL,
    manifest_key VARCHAR NOT NULL,
    digest VARCHAR NOT NULL             -- of the manifest's parsed content
);
CREATE TABLE IF NOT EXISTS {{state}}.delivered.dumps (feed VARCHAR NOT NULL, manifest_key VARCHAR NOT NULL, digest VARCHAR NOT NULL);

-- The tables, with the columns they were last delivered with.
CREATE TABLE IF NOT EXISTS {{state}}.pending.tables (
    feed VARCHAR NOT NULL,
    table_name VARCHAR NOT NULL,
    columns VARCHAR[] NOT NULL,
    full_resync BOOLEAN NOT NULL        -- pending keys are all there are; else those that are new or changed
);
CREATE TABLE IF NOT EXISTS {{state}}.delivered.tables (feed VARCHAR NOT NULL, table_name VARCHAR NOT NULL, columns VARCHAR[] NOT NULL, full_resync BOOLEAN NOT NULL);

-- The rows of each table, by key. In a table without a key all rows are one, under NULL.
CREATE TABLE IF NOT EXISTS {{state}}.pending.keys (
    feed VARCHAR NOT NULL,
    table_name VARCHAR NOT NULL,
    key_1 BIGINT,
    key_2 BIGINT,                       -- 0 where the key is one column
    content HUGEINT NOT NULL            -- sum of the hashes of the rows of that key
);
CREATE TABLE IF NOT EXISTS {{state}}.delivered.keys (feed VARCHAR NOT NULL, table_name VARCHAR NOT NULL, key_1 BIGINT, key_2 BIGINT, content HUGEINT NOT NULL)
