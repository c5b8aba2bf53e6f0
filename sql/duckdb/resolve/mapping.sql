-- Their steps from now on (R8). Of the delivered rows the last per from_user_id comes first; one that
-- maps to itself, or has a NULL side, is no mapping.
CREATE OR REPLACE TEMP TABLE mapping AS
SELECT from_user_id AS user_id, to_user_id AS target
FROM differing_rows ANTI JOIN repeated USING (from_user_id)
WHERE to_user_id <> from_user_id
UNION ALL
SELECT from_user_id, to_user_id FROM (
    SELECT from_user_id, to_user_id, row_number() OVER (
        PARTITION BY from_user_id ORDER BY smew_dump_id DESC, smew_part DESC, smew_row DESC) AS age
    FROM differing_rows SEMI JOIN repeated USING (from_user_id)
) WHERE age = 1 AND to_user_id <> from_user_id
UNION ALL
SELECT user_id, target FROM kept ANTI JOIN differing USING (user_id)
