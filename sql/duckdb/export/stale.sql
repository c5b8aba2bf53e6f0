-- Files of runs before, with the same settings, that have or may have rows, and that none after them has written or emptied.
SELECT key FROM (
    SELECT f.key, coalesce(f.rows, 1) AS rows, row_number() OVER (PARTITION BY f.key ORDER BY f.run_id DESC) AS nth
    FROM smew.export_files AS f JOIN smew.export_runs AS r USING (run_id)
    WHERE r.sync_id = $1 AND f.run_id < $2 AND f.kind <> 'manifest' AND r.definition = (SELECT definition FROM smew.export_runs WHERE run_id = $2))
WHERE nth = 1 AND rows > 0 ORDER BY key
