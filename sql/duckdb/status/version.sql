-- The version of DuckDB.
SELECT version()
