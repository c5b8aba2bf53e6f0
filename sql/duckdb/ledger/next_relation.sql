-- A number that no relation of rows has.
SELECT coalesce(max(try_cast(regexp_extract(table_name, '^held_([0-9]+)$', 1) AS INTEGER)), 0) + 1
FROM duckdb_tables() WHERE schema_name = 'smew'
