-- The keys that several rows share, or one that is hidden: whatever else a table holds shows one row per key.
CREATE OR REPLACE TEMP TABLE contested_keys AS
SELECT {{id}} AS id, smew_user_id AS person FROM smew.{{relation}} WHERE {{id}} IS NOT NULL AND user_id IS NOT NULL
GROUP BY ALL HAVING count(*) > 1 OR bool_or(smew_hidden)
