-- How many runs of a sync did not come to their end.
SELECT count(*) FROM smew.export_runs WHERE sync_id = $1 AND (status = 'running' OR shape IS NOT NULL AND status = 'failed')
