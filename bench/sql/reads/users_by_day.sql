-- How many people came on each day?
SELECT left("time", 10) AS day, count(DISTINCT user_id) AS users FROM pageviews GROUP BY day ORDER BY day
