-- Counts removed rows with the dumps that brought them.
UPDATE smew.tables AS t SET own_erased = own_erased + g.rows, own_quarantined = own_quarantined - g.quarantined
FROM (
    SELECT table_name, dump, sum(rows)::BIGINT AS rows, coalesce(sum(rows) FILTER (quarantined), 0)::BIGINT AS quarantined FROM gone GROUP BY ALL
) AS g
WHERE t.name = g.table_name AND t.dump_id = g.dump
