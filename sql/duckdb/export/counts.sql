-- What a run left out, and how many rows its model had without these.
SELECT null_keys, duplicates, model_rows FROM smew.export_runs WHERE run_id = $1
