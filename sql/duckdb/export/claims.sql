-- What claims a sync's place, and what may have taken that one's place.
SELECT coalesce(claim, ''), coalesce(claiming, '') FROM smew.export_syncs WHERE sync_id = $1
