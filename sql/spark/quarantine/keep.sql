-- A table's rows of a dump that were set aside, in place of those that an attempt before may have left.
INSERT OVERWRITE {{quarantine}} PARTITION (smew_dump_id = {{dump}}, table_name = {{name}}) (part, part_key, `row`, column_name, reason, content)
SELECT CAST(part AS INT), part_key, CAST(part_row AS BIGINT), column_name, reason, content FROM {{view}}
