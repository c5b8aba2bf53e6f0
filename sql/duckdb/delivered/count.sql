-- How many rows a relation holds.
SELECT count(*) FROM smew.{{relation}}
