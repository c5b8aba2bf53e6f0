-- Whose step may be another than the one that was kept: ids with a delivered row that says otherwise, and ids
-- with a step that no row delivers any more. As a rule they are few, and all that has to be worked out.
CREATE OR REPLACE TEMP TABLE differing AS
SELECT DISTINCT coalesce(h.from_user_id, i.user_id) AS user_id
FROM smew.{{relation}} AS h
FULL JOIN smew.identities AS i ON i.user_id = h.from_user_id AND i.target = h.to_user_id
WHERE (h.from_user_id IS NULL OR i.user_id IS NULL) AND coalesce(h.from_user_id, i.user_id) IS NOT NULL
