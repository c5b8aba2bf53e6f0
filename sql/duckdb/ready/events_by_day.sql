-- Events and people of each day.
SELECT date_trunc('day', smew.instant("time"))::DATE AS day, count(*) AS events, count(DISTINCT user_id) AS people
FROM all_events
GROUP BY ALL
ORDER BY day
