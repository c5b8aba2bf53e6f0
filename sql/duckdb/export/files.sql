-- The files of a run.
SELECT key, kind, part, coalesce(rows, 0), coalesce(bytes, 0), coalesce(sha256, ''), coalesce(first, '[]') FROM smew.export_files WHERE run_id = $1 ORDER BY kind, part, key
