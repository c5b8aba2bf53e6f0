-- Begins a run's next attempt.
UPDATE smew.export_runs SET attempts = attempts + 1, status = 'running', ended_at = NULL, error = NULL WHERE run_id = $1
