-- Rows in whose key something is NULL.
SELECT count(*) FROM export_result WHERE {{any_null}}
