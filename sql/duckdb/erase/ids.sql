-- The ids of a person, as mappings stand now: one of them, the one it stands for, and all others that stand for that (R8).
CREATE OR REPLACE TEMP TABLE erased_ids AS
WITH person AS (SELECT coalesce((SELECT canonical_id FROM smew.identities WHERE user_id = $1), $1::BIGINT) AS canonical_id)
SELECT $1::BIGINT AS user_id
UNION SELECT canonical_id FROM person
UNION SELECT user_id FROM smew.identities JOIN person USING (canonical_id)
