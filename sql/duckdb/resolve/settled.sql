-- Those, most of them, whose first step was the last, or leads to somebody whose canonical id is the same as ever.
CREATE OR REPLACE TEMP TABLE settled AS
SELECT f.user_id, coalesce(i.canonical_id, f.target) AS canonical_id
FROM first_step AS f
LEFT JOIN (SELECT user_id, canonical_id FROM smew.identities ANTI JOIN differing USING (user_id)) AS i ON i.user_id = f.target
WHERE NOT f.leads_on
