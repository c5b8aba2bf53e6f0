-- How many rows there are, and how many keys.
SELECT (SELECT count(*) FROM export_result), count(*) FROM (SELECT DISTINCT {{keys}} FROM export_result)
