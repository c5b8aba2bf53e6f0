-- Counts missing, extra and differing rows, a pair as one that differs.
SELECT coalesce(sum(times) FILTER (times > 0), 0)::BIGINT - (SELECT coalesce(sum(times), 0) FROM pairs)::BIGINT,
    coalesce(-sum(times) FILTER (times < 0), 0)::BIGINT - (SELECT coalesce(sum(times), 0) FROM pairs)::BIGINT,
    (SELECT coalesce(sum(times), 0) FROM pairs)::BIGINT
FROM differences
