-- From version 1 to 2: what is remembered of erased people's names.
CREATE TABLE smew.erased_names (hash VARCHAR NOT NULL, erased_at TIMESTAMP NOT NULL)
