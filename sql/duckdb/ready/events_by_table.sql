-- How many events each table has, and of how many people.
SELECT event_table_name, count(*) AS events, count(DISTINCT user_id) AS people
FROM all_events
GROUP BY ALL
ORDER BY events DESC
