-- One canonical id for every id that is mapped to another.
CREATE TABLE IF NOT EXISTS {{identities}} (user_id BIGINT, canonical_id BIGINT) USING iceberg
