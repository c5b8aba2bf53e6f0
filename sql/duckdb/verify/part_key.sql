-- The part of a place.
SELECT key FROM smew.parts WHERE dump_id = $1 AND table_name = $2 AND place = $3
