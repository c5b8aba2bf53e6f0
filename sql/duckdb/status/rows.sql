-- The rows of a table that main shows, and those it hides.
SELECT count(*) FILTER (NOT smew_hidden), count(*) FILTER (smew_hidden) FROM smew.{{relation}}
