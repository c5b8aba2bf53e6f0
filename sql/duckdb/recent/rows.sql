-- The rows that the last dumps, of the highest dump_id, brought of each table. Tables that were not read
-- brought none that anybody counted.
SELECT dump_id, name, full_resync, rows_read FROM smew.tables
WHERE read AND dump_id IN (SELECT dump_id FROM smew.dumps ORDER BY dump_id DESC LIMIT $1)
ORDER BY dump_id DESC, place
