-- What did one person do?
SELECT "time", 'pageview' AS what, path AS of FROM pageviews WHERE user_id = {user}
UNION ALL SELECT "time", 'order', order_id FROM order_completed WHERE user_id = {user}
ORDER BY ALL
