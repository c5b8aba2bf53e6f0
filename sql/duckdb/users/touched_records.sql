-- Their records, so that the table is gone through once. Nobody touched has no id, and the condition says it again:
-- DuckDB passes a Bloom filter to the scan only from a side that is filtered itself.
CREATE OR REPLACE TEMP TABLE touched_records AS
SELECT h.* FROM smew.{{relation}} AS h
SEMI JOIN (SELECT user_id FROM touched_users WHERE user_id IS NOT NULL) AS touched ON touched.user_id = h.smew_user_id
