-- All sync reports, the newest first (R13).
SELECT key, coalesce(status, ''), error, start_time, finish_time, next_sync_at, problem FROM smew.sync_reports
ORDER BY coalesce(finish_time, start_time) DESC NULLS LAST, key DESC
