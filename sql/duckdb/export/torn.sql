-- Files that are not known to be whole: of a run's attempts before, and of a run that was given up for it.
SELECT f.key FROM smew.export_files AS f JOIN smew.export_runs AS r USING (run_id)
WHERE f.sha256 IS NULL AND r.sync_id = $1
    AND (r.run_id = $2 OR r.status = 'abandoned' AND r.run_id = (SELECT max(run_id) FROM smew.export_runs WHERE sync_id = $1 AND run_id < $2))
ORDER BY f.key
