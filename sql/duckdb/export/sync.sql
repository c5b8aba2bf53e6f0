-- A sync's number, and the shape of its state.
SELECT number, shape FROM smew.export_syncs WHERE sync_id = $1
