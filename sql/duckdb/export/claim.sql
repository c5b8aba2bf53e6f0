-- Says what is about to claim a sync's place.
UPDATE smew.export_syncs SET claiming = uuid()::VARCHAR WHERE sync_id = $1 RETURNING claiming
