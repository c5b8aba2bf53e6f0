-- Where a result begins: rows of a transaction that is under way are not counted from 0.
SELECT coalesce(min(rowid), 0) FROM export_rows
