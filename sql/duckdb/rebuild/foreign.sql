-- What is in the database and not smew's: it would not be in one that is loaded anew.
SELECT schema_name || '.' || table_name AS name FROM duckdb_tables()
WHERE database_name = current_database() AND NOT internal AND schema_name <> 'smew'
UNION ALL
SELECT v.schema_name || '.' || v.view_name FROM duckdb_views() AS v ANTI JOIN smew.views AS w USING (schema_name, view_name)
WHERE v.database_name = current_database() AND NOT v.internal
UNION ALL
SELECT schema_name || '.' || sequence_name FROM duckdb_sequences() WHERE database_name = current_database()
UNION ALL
SELECT DISTINCT schema_name || '.' || function_name FROM duckdb_functions()
WHERE database_name = current_database() AND NOT internal AND schema_name <> 'smew'
ORDER BY name
