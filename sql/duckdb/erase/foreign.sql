-- Tables that are not smew's: what they hold is their owner's to erase.
SELECT schema_name || '.' || table_name FROM duckdb_tables()
WHERE database_name = current_database() AND NOT temporary AND schema_name <> 'smew' ORDER BY ALL
