-- The difference between the canonical ids until now and from now on.
CREATE OR REPLACE TEMP TABLE changed_identities AS
SELECT user_id, coalesce(o.canonical_id, user_id) AS old_id, coalesce(n.canonical_id, user_id) AS new_id
FROM (SELECT user_id, canonical_id FROM settled WHERE user_id <> canonical_id) AS n
FULL JOIN kept AS o USING (user_id)
WHERE n.canonical_id IS DISTINCT FROM o.canonical_id
