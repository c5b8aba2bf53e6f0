-- All that a database defines, a line each, to tell whether two define the same.
SELECT concat_ws(' ', 'schema', schema_name, comment) FROM duckdb_schemas() WHERE database_name = $1
UNION ALL
SELECT concat_ws(' ', 'table', schema_name, table_name, sql, comment) FROM duckdb_tables() WHERE database_name = $1
UNION ALL
SELECT concat_ws(' ', 'view', schema_name, view_name, sql, comment) FROM duckdb_views() WHERE database_name = $1 AND NOT internal
UNION ALL
SELECT concat_ws(' ', 'column', schema_name, table_name, column_name, comment) FROM duckdb_columns() WHERE database_name = $1 AND comment IS NOT NULL
UNION ALL
SELECT concat_ws(' ', 'macro', schema_name, function_name, parameters, macro_definition, comment) FROM duckdb_functions() WHERE database_name = $1
UNION ALL
SELECT concat_ws(' ', 'sequence', schema_name, sequence_name, sql, comment) FROM duckdb_sequences() WHERE database_name = $1
UNION ALL
SELECT concat_ws(' ', 'type', schema_name, type_name, logical_type, labels, comment) FROM duckdb_types() WHERE database_name = $1 AND NOT internal
UNION ALL
SELECT concat_ws(' ', 'index', schema_name, index_name, sql, comment) FROM duckdb_indexes() WHERE database_name = $1
