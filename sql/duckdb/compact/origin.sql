-- The open file itself: its name as a catalog, what its format and blocks are, the bytes that are in use.
SELECT d.database_name, rtrim(d.tags['storage_version'], '+'), s.block_size, s.used_blocks * s.block_size
FROM duckdb_databases() d JOIN pragma_database_size() s USING (database_name)
WHERE d.database_name = current_database()
