-- Rows that are held with another content than they have in the bucket.
SELECT part, count(*), min("row"), arg_min_null(id, "row"), arg_min_null(b.user_id, "row")
FROM bucket_rows AS b JOIN smew.{{relation}} AS h ON h.smew_part = b.part AND h.smew_row = b."row"
WHERE h.smew_dump_id = $1 AND hash({{columns}}) <> b.content
GROUP BY ALL ORDER BY ALL
