-- What each of the last loads brought of each table, and what it did to the rows of any dump.
SELECT t.dump_id, t.name, t.full_resync, t.read, t.files, t.rows_read, t.rows_superseded, t.rows_invalidated, t.own_quarantined
FROM smew.tables AS t
WHERE t.dump_id IN (SELECT dump_id FROM smew.dumps ORDER BY rowid DESC LIMIT $1)
ORDER BY t.dump_id, t.place
