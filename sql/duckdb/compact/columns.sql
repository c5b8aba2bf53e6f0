-- The columns that a table stores, in order. DuckDB tells of generated ones, which cannot be inserted, only in the table's
-- text. Should the text ever mislead, the insert or the check after it fails.
SELECT c.column_name
FROM duckdb_columns() c JOIN duckdb_tables() t USING (database_name, schema_name, table_name)
WHERE database_name = $1 AND schema_name = $2 AND table_name = $3 AND NOT EXISTS (
    FROM (VALUES ('('), (', ')) AS b(before), (VALUES (c.column_name), ('"' || replace(c.column_name, '"', '""') || '"')) AS n(written)
    WHERE contains(t.sql, before || written || ' ' || c.data_type || ' GENERATED ALWAYS AS(')
)
ORDER BY c.column_index
