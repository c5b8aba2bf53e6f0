-- Sync reports that were read already.
SELECT key, etag FROM smew.sync_reports
