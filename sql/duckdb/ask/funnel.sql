-- How many people took the first step, then the next and so on, each later than the one before. A person counts once, for
-- the furthest that they got, where and when they got there first.
WITH {{reached}},
furthest AS (SELECT user_id, max(step) AS step{{group}} FROM ({{all}}) GROUP BY user_id),
counts AS (SELECT step, {{by}} AS "by", count(*) AS people FROM furthest GROUP BY ALL),
steps AS (SELECT unnest({{steps}}) AS event, unnest(range(1, {{count}} + 1)) AS step),
shown AS (
    SELECT g."by", s.step, s.event, coalesce(sum(c.people), 0)::BIGINT AS people
    FROM (SELECT DISTINCT "by" FROM counts {{nobody}}) AS g CROSS JOIN steps AS s
    LEFT JOIN counts AS c ON c."by" IS NOT DISTINCT FROM g."by" AND c.step >= s.step
    WHERE s.event IS NOT NULL GROUP BY ALL
)
SELECT {{columns}} step, event, people,
    round(100 * people / nullif(first_value(people) OVER w, 0), 1) AS percent_of_first,
    round(100 * people / nullif(lag(people) OVER w, 0), 1) AS percent_of_previous
FROM shown WINDOW w AS (PARTITION BY "by" ORDER BY step)
ORDER BY sum(people) OVER (PARTITION BY "by") DESC, "by", step
