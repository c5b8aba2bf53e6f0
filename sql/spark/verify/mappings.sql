-- The mapping in force (R8): of each id the last row, unless it maps to itself or a side is NULL.
SELECT from_user_id, to_user_id FROM (
    SELECT from_user_id, to_user_id, row_number() OVER (PARTITION BY from_user_id ORDER BY smew_part DESC, smew_row DESC) AS age
    FROM {{raw}} WHERE smew_dump_id = {{dump}} AND from_user_id IS NOT NULL
) WHERE age = 1 AND to_user_id <> from_user_id
