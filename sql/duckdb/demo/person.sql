-- A person worth showing: several ids, few enough events to read, an order among them if there is one.
WITH ids AS (
    SELECT canonical_id AS user_id, count(*) + 1 AS ids FROM smew.identities GROUP BY ALL
), events AS (
    SELECT user_id, count(*) AS events, bool_or(event_table_name = 'order_completed') AS bought FROM all_events GROUP BY ALL
)
SELECT user_id FROM users JOIN ids USING (user_id) JOIN events USING (user_id)
WHERE email IS NOT NULL
ORDER BY events BETWEEN 4 AND 20 DESC, bought DESC, least(ids, 3) DESC, user_id LIMIT 1
