-- The difference between the canonical ids until now and from now on.
INSERT OVERWRITE {{moved}} (user_id, old_id, new_id)
SELECT user_id, coalesce(o.canonical_id, user_id), coalesce(n.canonical_id, user_id)
FROM {{new}} AS n FULL JOIN {{old}} AS o USING (user_id)
WHERE n.canonical_id IS DISTINCT FROM o.canonical_id
