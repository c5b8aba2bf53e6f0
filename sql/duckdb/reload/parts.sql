-- The parts of a table that the loaded dumps, one apart, list.
SELECT dump_id, place, key FROM smew.parts WHERE table_name = $1 AND dump_id <> $2 ORDER BY dump_id, place
