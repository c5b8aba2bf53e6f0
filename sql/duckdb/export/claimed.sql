-- The place is claimed by what was about to claim it.
UPDATE smew.export_syncs SET claim = claiming, claiming = NULL WHERE sync_id = $1 AND claiming IS NOT NULL
