-- Ids whose rows belong to somebody else since a mapping changed.
INSERT INTO contested
SELECT DISTINCT {{id}} FROM smew.{{relation}} WHERE user_id IN (SELECT user_id FROM changed_identities) AND {{id}} IS NOT NULL
