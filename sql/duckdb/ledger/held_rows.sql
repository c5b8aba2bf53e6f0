-- How many rows are stored, about: DuckDB's own count, which goes through none of them.
SELECT coalesce(sum(estimated_size), 0)::BIGINT FROM duckdb_tables() WHERE schema_name = 'smew' AND table_name LIKE 'held\_%' ESCAPE '\'
