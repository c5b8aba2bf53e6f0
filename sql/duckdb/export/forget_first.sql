-- First lines are kept of a sync's last run alone.
UPDATE smew.export_files SET first = NULL WHERE first IS NOT NULL AND run_id IN (SELECT run_id FROM smew.export_runs WHERE sync_id = $1 AND run_id < $2)
