-- Every part that the ledger knows, and whether the tables still rest on it: not if it was passed over,
-- or a later full resync has replaced the table since (R5).
SELECT p.dump_id, p.table_name, p.place, p.key, p.size, p.etag, p.rows, t.read AND p.dump_id >= coalesce(h.resync, 0) AS live
FROM smew.parts AS p JOIN smew.tables AS t ON t.dump_id = p.dump_id AND t.name = p.table_name LEFT JOIN smew.held AS h ON h.name = p.table_name
ORDER BY p.dump_id, t.place, p.place
