-- Whether a dump is loaded.
SELECT dump_id FROM smew.dumps WHERE dump_id = $1
