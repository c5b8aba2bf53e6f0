-- How many people did something, by a property of theirs.
WITH converted AS (SELECT DISTINCT e.user_id AS converted FROM {{events}} WHERE {{where}}),
people AS (SELECT user_id, {{property}} AS of_property FROM {{people}} AS u)
SELECT of_property AS {{column}}, count(*) AS people, count(converted) AS converted, round(100 * count(converted) / count(*), 1) AS percent
FROM people LEFT JOIN converted ON converted = user_id
GROUP BY of_property ORDER BY people DESC, of_property LIMIT {{top}}
