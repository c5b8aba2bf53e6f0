-- Keeps the rows that the answer key and the consumer do not have equally often: times is how much more often
-- the key has them. NULL equals NULL.
CREATE OR REPLACE TEMP TABLE differences AS
SELECT row_number() OVER () AS place, *
FROM (
    SELECT {{columns}}, sum(side)::BIGINT AS times
    FROM (
        SELECT {{wanted}}, 1 AS side FROM read_parquet(?)
        UNION ALL
        SELECT {{got}}, -1 FROM {{table}}
    )
    GROUP BY {{columns}}
    HAVING sum(side) <> 0
)
