-- What happens most, and to how many people.
SELECT {{property}} AS {{column}}, count(*) AS events, count(DISTINCT e.user_id) AS people,
    round(100 * count(*) / sum(count(*)) OVER (), 1) AS percent
FROM {{events}} WHERE {{where}} GROUP BY 1 ORDER BY events DESC, 1 LIMIT {{top}}
