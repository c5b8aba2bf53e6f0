-- All syncs that are known.
SELECT sync_id FROM smew.export_syncs ORDER BY number
