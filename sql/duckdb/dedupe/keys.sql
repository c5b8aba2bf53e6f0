-- The keys of a batch of parts, read before its rows, so that a row that loses is never written.
-- A row with NULL in its key has no rival (R4).
CREATE OR REPLACE TEMP TABLE batch_keys AS
SELECT p.{{id}} AS id, p.user_id, coalesce(i.canonical_id, p.user_id) AS canonical_id, p.smew_part AS part, p.smew_row AS "row"
FROM smew_parts() AS p LEFT JOIN smew.identities AS i ON i.user_id = p.user_id
WHERE p.{{id}} IS NOT NULL AND p.user_id IS NOT NULL
