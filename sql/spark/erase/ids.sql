-- The ids of a person, as mappings stand now: one of them, the one it stands for, and all others that stand for that (R8).
WITH person AS (SELECT coalesce((SELECT max(canonical_id) FROM {{identities}} WHERE user_id = {{id}}), {{id}}) AS canonical_id)
SELECT CAST({{id}} AS BIGINT) AS user_id
UNION SELECT canonical_id FROM person
UNION SELECT i.user_id FROM {{identities}} AS i JOIN person AS p ON p.canonical_id = i.canonical_id
ORDER BY user_id
