-- The dumps whose rows do not add up: read = held + superseded + invalidated + quarantined + erased, and
-- read by table = read by part.
SELECT t.dump_id, t.rows_read, coalesce(h.held, 0), t.own_superseded, t.own_invalidated, t.own_quarantined, t.own_erased, coalesce(p.rows, 0)
FROM smew.tables AS t
LEFT JOIN (SELECT dump_id, sum(held)::BIGINT AS held FROM held_parts GROUP BY dump_id) AS h USING (dump_id)
LEFT JOIN (SELECT dump_id, sum(rows)::BIGINT AS rows FROM smew.parts WHERE table_name = $1 GROUP BY dump_id) AS p USING (dump_id)
WHERE t.name = $1 AND (t.rows_read <> coalesce(p.rows, 0)
    OR t.rows_read <> coalesce(h.held, 0) + t.own_superseded + t.own_invalidated + t.own_quarantined + t.own_erased)
ORDER BY t.dump_id
