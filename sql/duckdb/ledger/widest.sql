-- How many columns the widest of the tables in smew's own schema has.
SELECT coalesce(max(column_count), 0) FROM duckdb_tables() WHERE schema_name = 'smew'
