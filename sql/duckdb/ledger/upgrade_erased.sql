-- Up to version 3: what is remembered of erased people.
CREATE TABLE IF NOT EXISTS smew.erased (hash VARCHAR NOT NULL, erasure BIGINT NOT NULL, erased_at TIMESTAMP NOT NULL)
