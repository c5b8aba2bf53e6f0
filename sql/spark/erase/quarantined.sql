-- The rows that were set aside.
SELECT smew_dump_id, table_name, part, `row`, reason, content FROM {{quarantine}}
