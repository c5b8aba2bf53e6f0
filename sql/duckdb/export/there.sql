-- Whether anything was ever exported.
SELECT count(*) FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = 'smew' AND table_name = 'export_runs'
