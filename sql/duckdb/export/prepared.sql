-- Says what a run has to send.
UPDATE smew.export_runs SET shape = $2, null_keys = $3, duplicates = $4, model_rows = $5 WHERE run_id = $1
