-- A table of which the dump brings no keys is weighed without.
CREATE OR REPLACE TEMP TABLE batch_keys (id BIGINT, user_id BIGINT, part BIGINT, "row" BIGINT)
