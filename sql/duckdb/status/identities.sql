-- How many ids are mapped to another, and to how many persons (R8).
SELECT count(*), count(DISTINCT canonical_id) FROM smew.identities
