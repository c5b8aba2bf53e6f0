-- Those who have reached the end of their chain.
CREATE OR REPLACE TEMP TABLE settled (user_id BIGINT, canonical_id BIGINT)
