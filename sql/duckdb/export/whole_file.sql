-- Notes that a file is whole.
UPDATE smew.export_files SET rows = $3, bytes = $4, sha256 = $5, first = $6 WHERE run_id = $1 AND key = $2
