-- The columns a relation has, live or not.
SELECT column_name FROM duckdb_columns() WHERE schema_name = 'smew' AND table_name = $1
