-- How many mappings wait.
SELECT count(*) FROM temp.{{relation}}
