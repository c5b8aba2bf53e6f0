-- Ids whose rows belong to somebody else since a mapping changed. The condition on changed_identities always
-- holds: DuckDB passes a Bloom filter to the scan only from a side that is filtered itself.
INSERT INTO contested
SELECT DISTINCT {{id}} FROM smew.{{relation}}
WHERE user_id IN (SELECT user_id FROM changed_identities WHERE new_id <> old_id) AND {{id}} IS NOT NULL
