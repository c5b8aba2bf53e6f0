-- The keys of a batch of parts, read before its rows, so that a row that loses is never written.
-- A row with NULL in its key has no rival (R4); its user is looked up all the same.
CREATE OR REPLACE TEMP TABLE batch_keys AS
SELECT p.{{id}} AS id, p.user_id, p.smew_part AS part, p.smew_row AS "row" FROM smew_parts() AS p WHERE p.user_id IS NOT NULL
