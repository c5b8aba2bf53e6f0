-- What can be queried: tables and views with their columns, without the relations that hold the rows.
SELECT c.schema_name, c.table_name, c.column_name, c.data_type
FROM duckdb_columns() AS c
WHERE c.database_name = current_database() AND NOT c.internal
    AND c.schema_name IN ('main', 'typed', 'delivered', 'smew')
    AND NOT (c.schema_name = 'smew' AND (c.table_name IN (SELECT relation FROM smew.held) OR c.table_name IN ('people', 'views')))
ORDER BY array_position(['main', 'typed', 'delivered', 'smew'], c.schema_name), starts_with(c.table_name, '_'), lower(c.table_name), c.table_name, c.column_index
