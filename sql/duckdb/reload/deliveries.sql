-- What the loaded dumps, one apart, delivered of a table.
SELECT dump_id, place, full_resync, to_json(listed)::VARCHAR FROM smew.tables WHERE name = $1 AND dump_id <> $2
