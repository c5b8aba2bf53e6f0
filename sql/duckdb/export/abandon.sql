-- Gives up what did not come to its end.
UPDATE smew.export_runs SET status = 'abandoned', shape = NULL, ended_at = $2 WHERE sync_id = $1 AND (status = 'running' OR shape IS NOT NULL AND status = 'failed')
