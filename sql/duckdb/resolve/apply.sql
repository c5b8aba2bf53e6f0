-- A mapping changes rows that were loaded long ago: their canonical id follows it (R8). Rows of this dump
-- were written with theirs. The condition on changed_identities always holds: DuckDB passes a Bloom
-- filter to the scan only from a side that is filtered itself.
UPDATE smew.{{relation}} AS h SET smew_user_id = c.new_id
FROM (SELECT user_id, new_id FROM changed_identities WHERE new_id <> old_id) AS c
WHERE h.user_id = c.user_id AND h.smew_dump_id <> $1
