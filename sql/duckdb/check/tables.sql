-- Lists the tables and views of a schema with their columns, in order.
SELECT table_catalog, table_schema, table_name, column_name, data_type
FROM information_schema.columns
WHERE table_catalog = current_database() AND lower(table_schema) = lower(?)
ORDER BY table_schema, table_name, ordinal_position
