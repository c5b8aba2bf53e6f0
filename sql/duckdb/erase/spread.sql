-- The ids that are linked to an erased one, over any number of others, and are not known as erased yet.
CREATE OR REPLACE TEMP TABLE new_ids AS
WITH RECURSIVE reached(user_id, erasure) AS (
    SELECT user_id, erasure FROM erased_ids
    UNION
    SELECT l.other, r.erasure FROM reached AS r JOIN links AS l ON l.one = r.user_id
)
SELECT user_id, min(erasure) AS erasure FROM reached ANTI JOIN erased_ids USING (user_id) GROUP BY user_id
