-- From version 1 to 2: what is remembered of erased people.
CREATE TABLE smew.erased (hash VARCHAR NOT NULL, erasure BIGINT NOT NULL, erased_at TIMESTAMP NOT NULL)
