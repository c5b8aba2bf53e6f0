-- The views there are, as DuckDB writes them.
SELECT schema_name, view_name, temporary, sql FROM duckdb_views()
WHERE NOT internal AND (temporary OR database_name = current_database() AND schema_name IN ('main', 'delivered', 'typed'))
