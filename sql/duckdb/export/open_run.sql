-- The run of a sync that did not come to its end: it was killed, or it failed when files may have been written.
SELECT run_id, definition, full_resync, shape, began_at, attempts + 1
FROM smew.export_runs AS r
WHERE sync_id = $1 AND (status = 'running'
    OR status = 'failed' AND EXISTS (FROM smew.export_files AS f WHERE f.run_id = r.run_id)
       AND run_id = (SELECT max(run_id) FROM smew.export_runs WHERE sync_id = $1))
ORDER BY run_id DESC LIMIT 1
