-- A full resync leaves nothing of the dumps below it: what they still held, or had set aside, was
-- invalidated (R5).
UPDATE smew.tables SET own_invalidated = rows_read - own_superseded - own_erased, own_quarantined = 0
WHERE name = $1 AND dump_id < $2 AND rows_read <> own_superseded + own_invalidated + own_erased
