-- Keeps the rows that the answer key and the consumer do not have equally often: times is how much more often
-- the key has them. NULL equals NULL. Only rows whose hashes are unequal are looked at, as whole rows take memory.
CREATE OR REPLACE TEMP TABLE differences AS
SELECT row_number() OVER () AS place, *
FROM (
    SELECT {{columns}}, sum(side)::BIGINT AS times
    FROM (
        SELECT {{wanted}}, 1 AS side FROM read_parquet(?)
        UNION ALL
        SELECT {{got}}, -1 FROM {{table}}
    ) AS r
    SEMI JOIN unequal AS u ON u.forward = hash({{columns}}) AND u.backward = hash({{reversed}})
    GROUP BY {{columns}}
    HAVING sum(side) <> 0
)
