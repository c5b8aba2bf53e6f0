-- How many who saw a product ordered after it?
WITH seen AS (SELECT user_id, min("time") AS at FROM pageviews WHERE path LIKE '/p/%' GROUP BY user_id),
    ordered AS (SELECT user_id, max("time") AS at FROM order_completed GROUP BY user_id)
SELECT count(*) AS saw, count(ordered.at) AS ordered
FROM seen LEFT JOIN ordered ON ordered.user_id = seen.user_id AND ordered.at > seen.at
