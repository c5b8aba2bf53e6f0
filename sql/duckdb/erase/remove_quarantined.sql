-- Removes them.
DELETE FROM smew.quarantine AS q USING erased_quarantined AS e
WHERE q.dump_id = e.dump_id AND q.table_name = e.table_name AND q.part = e.part AND q."row" = e."row"
