-- The rows of earlier loads that a row of this dump supersedes, by their place in the relation.
CREATE OR REPLACE TEMP TABLE beaten (place BIGINT)
