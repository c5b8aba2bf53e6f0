-- Begins a run.
INSERT INTO smew.export_runs
SELECT coalesce(max(run_id), 0) + 1, $1, $2, $3, $4, NULL, $5, 1, 'running', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM smew.export_runs
RETURNING run_id
