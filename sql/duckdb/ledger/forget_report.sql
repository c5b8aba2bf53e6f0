-- A report that was replaced under its key is kept once, as it is now.
DELETE FROM smew.sync_reports WHERE key = $1
