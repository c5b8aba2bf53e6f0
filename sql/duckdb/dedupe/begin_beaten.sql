-- The rows of earlier loads that a row of this dump supersedes, by their place in the relation,
-- and the dump that brought them.
CREATE OR REPLACE TEMP TABLE beaten (place BIGINT, dump BIGINT)
