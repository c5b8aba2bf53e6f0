-- Forgets a file that was not written.
DELETE FROM smew.export_files WHERE run_id = $1 AND key = $2
