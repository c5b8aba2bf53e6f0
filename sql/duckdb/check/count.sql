-- Counts the rows of a consumer's table.
SELECT count(*) FROM {{table}}
