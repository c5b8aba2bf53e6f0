-- The columns of the tables and views that may be delivered.
SELECT database_name, schema_name, table_name, column_name, data_type
FROM duckdb_columns()
WHERE database_name = current_database() AND lower(schema_name) = lower($1::VARCHAR) AND NOT internal
ORDER BY table_name, column_index
