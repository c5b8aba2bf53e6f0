-- Who is linked to whom by the mapping that counts (R8), in both directions.
CREATE OR REPLACE TEMP TABLE links AS
WITH mapping AS (
    SELECT from_user_id AS one, arg_max_null(to_user_id, (smew_dump_id, smew_part, smew_row)) AS other
    FROM temp.{{relation}} WHERE from_user_id IS NOT NULL GROUP BY from_user_id
)
SELECT one, other FROM mapping WHERE other IS NOT NULL AND other <> one
UNION ALL
SELECT other, one FROM mapping WHERE other IS NOT NULL AND other <> one
