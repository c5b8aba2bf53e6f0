-- Rows of the bucket that are not held, and for which no newer row of their delivered key is (R7).
WITH absent AS MATERIALIZED (
    SELECT b.* FROM bucket_rows AS b
    ANTI JOIN (SELECT smew_part, smew_row FROM smew.{{relation}} WHERE smew_dump_id = $1) AS h ON h.smew_part = b.part AND h.smew_row = b."row"
), newest AS (
    SELECT h.{{first}} AS id, h.{{second}} AS user_id, max({'dump': smew_dump_id, 'part': smew_part, 'row': smew_row}) AS place
    FROM smew.{{relation}} AS h SEMI JOIN absent ON absent.id = h.{{first}} WHERE $2::BOOLEAN GROUP BY ALL
)
SELECT part, count(*), min("row"), arg_min_null(a.id, "row"), arg_min_null(a.user_id, "row")
FROM absent AS a LEFT JOIN newest AS n ON n.id = a.id AND n.user_id = a.user_id
WHERE n.place IS NULL OR n.place < {'dump': $1::BIGINT, 'part': a.part, 'row': a."row"}
GROUP BY ALL ORDER BY ALL
