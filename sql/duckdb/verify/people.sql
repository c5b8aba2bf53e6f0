-- People who are in one of the two and not in the other as often, or not the same, with the least id of each
-- kind; compared by a hash of all columns.
WITH stored AS (
    SELECT user_id, hash({{columns}}) AS content, count(*) AS n FROM smew.people GROUP BY ALL
), fresh AS (
    SELECT user_id, hash({{columns}}) AS content, count(*) AS n FROM fresh_people GROUP BY ALL
), differing AS (
    SELECT coalesce(s.user_id, f.user_id) AS user_id, coalesce(sum(s.n), 0) AS stored, coalesce(sum(f.n), 0) AS fresh
    FROM stored AS s FULL JOIN fresh AS f ON s.user_id IS NOT DISTINCT FROM f.user_id AND s.content = f.content
    WHERE s.n IS DISTINCT FROM f.n GROUP BY ALL
)
SELECT sign(stored - fresh)::INTEGER AS kind, count(*), min(user_id) FROM differing GROUP BY ALL ORDER BY ALL
