-- The mapping of the delivered rows (R8): the last row per from_user_id first; one that maps
-- to itself, or has a NULL side, is no mapping.
CREATE OR REPLACE TEMP TABLE mapping AS
SELECT from_user_id AS user_id, to_user_id AS target
FROM smew.{{relation}} ANTI JOIN repeated USING (from_user_id)
WHERE to_user_id <> from_user_id
UNION ALL
SELECT from_user_id, to_user_id FROM (
    SELECT from_user_id, to_user_id, row_number() OVER (
        PARTITION BY from_user_id ORDER BY smew_dump_id DESC, smew_part DESC, smew_row DESC) AS age
    FROM smew.{{relation}} SEMI JOIN repeated USING (from_user_id)
) WHERE age = 1 AND to_user_id <> from_user_id
