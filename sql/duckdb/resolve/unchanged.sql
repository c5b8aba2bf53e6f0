-- No mapping has changed yet.
CREATE OR REPLACE TEMP TABLE changed_identities (user_id BIGINT, old_id BIGINT, new_id BIGINT)
