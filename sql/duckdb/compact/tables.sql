-- A database's tables, those first that foreign keys refer to, with about as many rows as they have.
WITH RECURSIVE after AS (
    SELECT schema_name, table_name, 0 AS depth FROM duckdb_tables() WHERE database_name = $1
    UNION
    SELECT c.schema_name, c.table_name, depth + 1
    FROM after a JOIN duckdb_constraints() c ON lower(c.referenced_table) = lower(a.table_name) AND c.schema_name = a.schema_name
    WHERE c.database_name = $1 AND c.constraint_type = 'FOREIGN KEY' AND lower(c.referenced_table) <> lower(c.table_name)
)
SELECT t.schema_name, t.table_name, any_value(t.estimated_size)::BIGINT
FROM after JOIN duckdb_tables() t USING (schema_name, table_name)
WHERE t.database_name = $1
GROUP BY ALL ORDER BY max(depth), schema_name, table_name
