-- Parts of a table without key decoded straight into its rows, with their canonical id (R4, R8).
INSERT INTO smew.{{relation}} (smew_dump_id, smew_part, smew_row, smew_user_id, smew_hidden, {{columns}})
SELECT $1::BIGINT, p.smew_part, p.smew_row, coalesce(i.canonical_id, p.user_id), false, {{values}}
FROM smew_parts() AS p LEFT JOIN smew.identities AS i ON i.user_id = p.user_id
