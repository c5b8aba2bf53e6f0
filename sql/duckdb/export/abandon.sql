-- Gives up what did not come to its end: what open_run would take up, and what has rows set aside.
UPDATE smew.export_runs AS r SET status = 'abandoned', shape = NULL, ended_at = $2
WHERE sync_id = $1 AND (status = 'running' OR status = 'failed' AND (shape IS NOT NULL
    OR run_id = (SELECT max(run_id) FROM smew.export_runs WHERE sync_id = $1) AND EXISTS (FROM smew.export_files AS f WHERE f.run_id = r.run_id)))
