-- The delivered mappings, the last of each id last (R8).
SELECT from_user_id, to_user_id FROM smew.{{relation}} WHERE from_user_id IS NOT NULL
ORDER BY from_user_id, smew_dump_id, smew_part, smew_row
