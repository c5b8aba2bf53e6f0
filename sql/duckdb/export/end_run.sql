-- Ends a run, or an attempt of it.
UPDATE smew.export_runs
SET status = $2, ended_at = $3, error = $4, seconds = $5, added = $6, changed = $7, removed = $8, files = $9, bytes = $10, model_rows = $11,
    shape = CASE WHEN $2 = 'done' THEN NULL ELSE shape END
WHERE run_id = $1
