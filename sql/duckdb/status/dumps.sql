-- How many dumps are loaded, the highest, and when the last one came in.
SELECT count(*), max(dump_id), max(loaded_at) FROM smew.dumps
