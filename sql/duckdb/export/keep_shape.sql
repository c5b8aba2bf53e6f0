-- Remembers what a state's columns are; NULL forgets that anything was sent.
UPDATE smew.export_syncs SET shape = $2 WHERE sync_id = $1
