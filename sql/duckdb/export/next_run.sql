-- The id that a new run will have.
SELECT coalesce(max(run_id), 0) + 1 FROM smew.export_runs
