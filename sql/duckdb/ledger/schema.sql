-- The ledger and what is held, version 5. Everything below schema smew belongs to
-- smew; analysts read main and delivered.
CREATE SCHEMA smew;
CREATE SCHEMA delivered;

-- What the file remembers about itself: the version of this schema, the feed it was loaded from.
CREATE TABLE smew.settings (name VARCHAR NOT NULL, value VARCHAR NOT NULL);

-- One row a loaded dump, committed with the dump's rows.
CREATE TABLE smew.dumps (
    dump_id BIGINT NOT NULL,
    manifest_key VARCHAR NOT NULL,
    manifest_etag VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,            -- of the manifest's parsed content
    property_definitions VARCHAR,       -- as the manifest names it
    loaded_at TIMESTAMP NOT NULL,
    seconds DOUBLE NOT NULL,
    bytes BIGINT NOT NULL               -- of the parts that were read
);

-- Manifest objects whose content the tables reflect: under the same ETag they are not read again.
CREATE TABLE smew.manifests (key VARCHAR NOT NULL, etag VARCHAR NOT NULL, dump_id BIGINT NOT NULL);

-- One row a table of a loaded dump.
CREATE TABLE smew.tables (
    dump_id BIGINT NOT NULL,
    name VARCHAR NOT NULL,              -- as delivered
    place INTEGER NOT NULL,             -- in the manifest, from 1
    full_resync BOOLEAN NOT NULL,       -- replaces what dumps below delivered
    listed VARCHAR[] NOT NULL,          -- columns the manifest lists, in its order
    unlisted VARCHAR[] NOT NULL,        -- columns only the parts bring, in their order
    files INTEGER NOT NULL,
    read BOOLEAN NOT NULL,              -- false: not wanted, or replaced by a later full resync before it was read
    rows_read BIGINT NOT NULL,
    -- What the dump's load did to rows of any dump …
    rows_superseded BIGINT NOT NULL,    -- they gave way to a newer one of the same key
    rows_invalidated BIGINT NOT NULL,   -- of earlier dumps, that this full resync removed
    -- … and what has become of the dump's own rows since, by whatever dump:
    -- rows_read = rows still held + the four.
    own_superseded BIGINT NOT NULL,     -- gave way to a newer one of the same key
    own_invalidated BIGINT NOT NULL,    -- removed by a full resync of a later dump
    own_quarantined BIGINT NOT NULL,    -- set aside, as a value could not be read
    own_erased BIGINT NOT NULL          -- removed with the person they were about
);

-- One row a file that a loaded dump lists.
CREATE TABLE smew.parts (
    dump_id BIGINT NOT NULL,
    table_name VARCHAR NOT NULL,
    place INTEGER NOT NULL,             -- in the manifest's list, from 1; smew_part in delivered
    key VARCHAR NOT NULL,
    size BIGINT,                        -- NULL: not read
    etag VARCHAR,
    rows BIGINT
);

-- The delivered tables, and the relation that holds their rows. Relations and their columns
-- have names of our own, so that hostile, clashing or changing names touch only the views.
CREATE TABLE smew.held (
    name VARCHAR NOT NULL,
    relation VARCHAR NOT NULL,          -- a table in schema smew
    first_dump BIGINT NOT NULL,         -- the lowest dump that names the table
    first_place INTEGER NOT NULL,
    resync BIGINT                       -- the highest full resync; rows of dumps below it are invalid
);

-- The columns each table has now: those of its dumps since the last full resync,
-- each with its first appearance, which is their order.
CREATE TABLE smew.columns (
    table_name VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    first_dump BIGINT NOT NULL,
    listed BOOLEAN NOT NULL,
    place INTEGER NOT NULL,
    physical VARCHAR NOT NULL           -- the column of the relation
);

-- What is in the way: manifests and dumps that could not be loaded, each try.
CREATE TABLE smew.attempts (
    dump_id BIGINT,                     -- NULL: the manifest could not be read
    manifest_key VARCHAR NOT NULL,
    manifest_etag VARCHAR NOT NULL,
    tried_at TIMESTAMP NOT NULL,
    error VARCHAR NOT NULL
);

-- How the vendor's syncs went, as its reports say (R13).
CREATE TABLE smew.sync_reports (
    key VARCHAR NOT NULL,
    etag VARCHAR NOT NULL,
    start_time TIMESTAMP,
    finish_time TIMESTAMP,
    next_sync_at TIMESTAMP,
    status VARCHAR,
    error VARCHAR,                      -- JSON as delivered; NULL: none
    body VARCHAR NOT NULL,              -- the whole report
    problem VARCHAR                     -- why the report could not be understood
);

-- The definitions files of loaded dumps, as delivered.
CREATE TABLE smew.definitions (
    dump_id BIGINT NOT NULL,
    key VARCHAR NOT NULL,
    body VARCHAR,                       -- NULL: the file could not be read
    problem VARCHAR,                    -- why the file counts for nothing; NULL: it could be understood
    counted_from TIMESTAMP,             -- when it came into force last; NULL: never
    counted_to TIMESTAMP                -- … and when it gave way; NULL: it counts, or never did
);

-- One canonical id for every id that is mapped to another.
CREATE TABLE smew.identities (
    user_id BIGINT NOT NULL,
    canonical_id BIGINT NOT NULL,       -- where the mapping leads in the end
    target BIGINT                       -- its first step there; NULL: not known, the next mapping works out all
);

-- Ids of erased people, which no dump brings back. A hash is HMAC-SHA256 under the setting erase_salt.
CREATE TABLE smew.erased (
    hash VARCHAR NOT NULL,
    erasure BIGINT NOT NULL,            -- the ids of one person have the same
    erased_at TIMESTAMP NOT NULL
);

-- What they had as identity, email or handle: it tells rows of theirs without a readable id, and is not quoted.
CREATE TABLE smew.erased_names (hash VARCHAR NOT NULL, erased_at TIMESTAMP NOT NULL);

-- The text of every view, so that a view is recreated only when its text changes.
CREATE TABLE smew.views (schema_name VARCHAR NOT NULL, view_name VARCHAR NOT NULL, statement VARCHAR NOT NULL);
