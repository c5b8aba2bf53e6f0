-- The tables of what was sent, and of what is to be.
SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = 'smew' AND regexp_full_match(table_name, 'export_(state|pending)_[0-9]+') ORDER BY ALL
