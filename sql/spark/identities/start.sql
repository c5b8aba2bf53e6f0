-- Everyone who is mapped stands one step along their chain (R8): the last row per from_user_id counts; one that maps to itself,
-- or has a NULL side, is no mapping.
INSERT OVERWRITE {{walk}} (user_id, reached, least_met)
SELECT from_user_id, to_user_id, least(from_user_id, to_user_id) FROM (
    SELECT from_user_id, to_user_id, row_number() OVER (PARTITION BY from_user_id ORDER BY smew_part DESC, smew_row DESC) AS age
    FROM {{raw}} WHERE smew_dump_id = {{dump}} AND from_user_id IS NOT NULL
) WHERE age = 1 AND to_user_id <> from_user_id
