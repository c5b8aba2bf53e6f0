-- The last mapping of an id, for an example.
SELECT smew_dump_id, smew_part, smew_row FROM smew.{{relation}} WHERE from_user_id = $1
ORDER BY smew_dump_id DESC, smew_part DESC, smew_row DESC LIMIT 1
