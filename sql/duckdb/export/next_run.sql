-- The id that a sync's next run will have: that of the run that did not come to its end, or a new one.
SELECT coalesce(max(run_id) FILTER (sync_id = $1 AND status = 'running'), max(run_id) + 1) FROM smew.export_runs
