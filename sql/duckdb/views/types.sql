-- The types that were given to columns.
SELECT table_name, column_name, type FROM smew.types ORDER BY ALL
