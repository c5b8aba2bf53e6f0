-- What each dump brought, and how fast it was loaded.
SELECT d.dump_id, d.loaded_at, sum(t.rows_read)::BIGINT AS "rows", round(d.seconds, 2) AS seconds,
    (sum(t.rows_read) / nullif(d.seconds, 0))::BIGINT AS rows_per_second, d.bytes
FROM smew.dumps AS d JOIN smew.tables AS t USING (dump_id)
GROUP BY d.dump_id, d.loaded_at, d.seconds, d.bytes
ORDER BY d.dump_id
