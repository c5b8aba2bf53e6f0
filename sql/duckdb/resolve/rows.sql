-- The delivered rows of those ids. That none is NULL is said again: DuckDB passes a Bloom filter to the scan only from a side
-- that is filtered itself.
CREATE OR REPLACE TEMP TABLE differing_rows AS
SELECT from_user_id, to_user_id, smew_dump_id, smew_part, smew_row
FROM smew.{{relation}} SEMI JOIN (SELECT user_id FROM differing WHERE user_id IS NOT NULL) AS d ON d.user_id = from_user_id
