-- What a run left out.
SELECT null_keys, duplicates FROM smew.export_runs WHERE run_id = $1
