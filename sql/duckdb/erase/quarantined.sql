-- The rows that were set aside.
SELECT dump_id, table_name, part, "row", reason, content FROM smew.quarantine
