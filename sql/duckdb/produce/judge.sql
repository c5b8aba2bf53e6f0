-- The weighed table beside what was delivered of it: keys that are gone, keys with a NULL whose rows
-- changed, which nothing replaces (R4), rows that are new or changed, rows.
SELECT
    count(*) FILTER (WHERE now.content IS NULL),
    count(*) FILTER (WHERE now.content <> before.content AND (now.key_1 IS NULL OR now.key_2 IS NULL)),
    coalesce(sum(now.n) FILTER (WHERE before.content IS NULL OR now.content <> before.content), 0)::BIGINT,
    coalesce(sum(now.n), 0)::BIGINT
FROM "smew weighed" AS now
FULL JOIN (SELECT key_1, key_2, content FROM {{state}}.delivered.keys WHERE feed = $1 AND table_name = $2) AS before
    ON now.key_1 IS NOT DISTINCT FROM before.key_1 AND now.key_2 IS NOT DISTINCT FROM before.key_2
