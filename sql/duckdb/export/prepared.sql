-- Says what a run has to send.
UPDATE smew.export_runs SET shape = $2, null_keys = $3, duplicates = $4 WHERE run_id = $1
