-- The newest sync report that could be understood (R13).
SELECT key, status, error, finish_time, next_sync_at FROM smew.sync_reports
WHERE problem IS NULL
ORDER BY coalesce(finish_time, start_time) DESC NULLS LAST, key DESC LIMIT 1
