-- The ids whose canonical id a dump changes.
CREATE TABLE IF NOT EXISTS {{moved}} (user_id BIGINT, old_id BIGINT, new_id BIGINT) USING iceberg
