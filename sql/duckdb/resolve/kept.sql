-- The identities that may change: of all who had the canonical id of somebody who differs. A chain that leads elsewhere
-- now leads through one who differs, and before the first of them its steps are the same as ever.
CREATE OR REPLACE TEMP TABLE kept AS
SELECT i.user_id, i.target, i.canonical_id FROM smew.identities AS i
SEMI JOIN (
    SELECT coalesce(o.canonical_id, d.user_id) AS canonical_id
    FROM differing AS d LEFT JOIN smew.identities AS o USING (user_id)
) AS e USING (canonical_id)
