-- The last runs, of one sync or of all.
SELECT run_id, sync_id, mode, full_resync, began_at, attempts, status, ended_at, coalesce(error, ''), seconds,
    null_keys, duplicates, model_rows, added, changed, removed, files, bytes
FROM smew.export_runs WHERE $1 = '' OR sync_id = $1 ORDER BY run_id DESC LIMIT $2
