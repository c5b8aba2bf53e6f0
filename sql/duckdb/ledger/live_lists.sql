-- The column lists of a table's dumps since its last full resync, for counting its columns anew.
SELECT dump_id, to_json(listed)::VARCHAR, to_json(unlisted)::VARCHAR FROM smew.tables
WHERE name = $1 AND dump_id >= $2 ORDER BY dump_id
