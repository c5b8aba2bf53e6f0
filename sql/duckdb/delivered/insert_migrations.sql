-- Parts of user_migrations decoded straight into its rows.
INSERT INTO smew.{{relation}} (smew_dump_id, smew_part, smew_row, {{columns}})
SELECT $1::BIGINT, p.smew_part, p.smew_row, {{values}} FROM smew_parts() p
