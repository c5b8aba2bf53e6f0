-- In how many sessions something happened, by a property of the sessions.
WITH converted AS (SELECT DISTINCT e.user_id, e.session_id FROM {{events}} WHERE {{where}}),
sessions AS (SELECT user_id, session_id, {{property}} AS of_property FROM {{sessions}} AS e WHERE {{when}})
SELECT of_property AS {{column}}, count(*) AS sessions, count(c.session_id) AS converted, round(100 * count(c.session_id) / count(*), 1) AS percent
FROM sessions LEFT JOIN converted AS c USING (user_id, session_id)
GROUP BY of_property ORDER BY sessions DESC, of_property LIMIT {{top}}
