-- The people with the most events.
SELECT user_id, count(*) AS events, count(DISTINCT session_id) AS sessions,
    min(smew.instant("time")) AS first_seen, max(smew.instant("time")) AS last_seen
FROM all_events
GROUP BY ALL
ORDER BY events DESC
LIMIT 50
