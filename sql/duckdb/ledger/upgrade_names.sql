-- Up to version 3: what is remembered of erased people's names.
CREATE TABLE IF NOT EXISTS smew.erased_names (hash VARCHAR NOT NULL, erased_at TIMESTAMP NOT NULL)
