-- Which parts brought the rows. A key is NULL where the ledger lacks the part.
SELECT g.dump, g.table_name, p.key, sum(g.rows)::BIGINT
FROM gone AS g LEFT JOIN smew.parts AS p ON p.dump_id = g.dump AND p.table_name = g.table_name AND p.place = g.part
GROUP BY g.dump, g.table_name, g.part, p.key ORDER BY g.dump, g.table_name, g.part
