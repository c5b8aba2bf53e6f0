-- The ids whose kept identity is not the right one.
CREATE OR REPLACE TEMP TABLE corrected (user_id BIGINT, canonical_id BIGINT)
