-- Parts of user_migrations decoded into the waiting rows.
INSERT INTO temp.{{relation}} (smew_dump_id, smew_part, smew_row, {{columns}})
SELECT $1::BIGINT, p.smew_part, p.smew_row, {{values}} FROM smew_parts() p
