-- What the sessions before a conversion came by. Each conversion counts once in every column: for its first session, for its last, and in
-- equal shares for all of them.
WITH conversions AS (
    SELECT row_number() OVER () AS conversion, e.user_id, e."time" AS moment FROM {{events}} WHERE {{where}}
),
sessions AS (SELECT user_id, session_id, "time", {{property}} AS came_by FROM {{sessions}} AS s),
touches AS (
    SELECT CASE WHEN s.user_id IS NULL THEN '(no session)' ELSE s.came_by::VARCHAR END AS came_by,
        row_number() OVER (PARTITION BY c.conversion ORDER BY s."time", s.session_id) AS nth,
        count(*) OVER (PARTITION BY c.conversion) AS "of"
    FROM conversions AS c LEFT JOIN sessions AS s ON s.user_id = c.user_id AND s."time" <= c.moment AND s."time" >= c.moment - {{within}}
)
SELECT came_by AS {{column}}, count(*) FILTER (nth = 1) AS first, count(*) FILTER (nth = "of") AS last, round(sum(1 / "of"), 2) AS linear
FROM touches GROUP BY came_by ORDER BY {{order}} DESC, came_by
