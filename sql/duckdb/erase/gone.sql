-- Which parts brought the rows. A key is NULL where the ledger lacks the part.
SELECT g.dump, g.table_name, p.key, g.rows
FROM gone AS g LEFT JOIN smew.parts AS p ON p.dump_id = g.dump AND p.table_name = g.table_name AND p.place = g.part
ORDER BY g.dump, g.table_name, g.part
