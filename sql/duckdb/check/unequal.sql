-- Keeps the hashes of rows that the answer key and the consumer do not have equally often. Each row has two, of its
-- columns in either order, so that different rows do not pass for one.
CREATE OR REPLACE TEMP TABLE unequal AS
SELECT hash({{columns}}) AS forward, hash({{reversed}}) AS backward
FROM (
    SELECT {{wanted}}, 1 AS side FROM read_parquet(?)
    UNION ALL
    SELECT {{got}}, -1 FROM {{table}}
)
GROUP BY ALL
HAVING sum(side) <> 0
