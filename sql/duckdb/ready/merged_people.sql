-- People to whom several ids were resolved (R8).
SELECT canonical_id AS user_id, count(*) AS other_ids, list(user_id ORDER BY user_id) AS ids
FROM smew.identities
GROUP BY ALL
ORDER BY other_ids DESC, user_id
LIMIT 100
