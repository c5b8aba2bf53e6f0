-- The highest full resync of a table that the ledger's dumps made, and the one that the table is noted with.
SELECT max(t.dump_id) FILTER (t.full_resync), max(h.resync) FROM smew.held AS h LEFT JOIN smew.tables AS t ON t.name = h.name WHERE h.name = $1
