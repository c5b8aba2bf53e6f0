-- Parts decoded straight into the rows of their table, with their canonical id (R8), where no row
-- has a rival: the table has no key (R4), or none of the keys came up before.
INSERT INTO smew.{{relation}} (smew_dump_id, smew_part, smew_row, smew_user_id, smew_hidden, {{columns}})
SELECT $1::BIGINT, p.smew_part, p.smew_row, coalesce(i.canonical_id, p.user_id), false, {{values}}
FROM smew_parts() AS p LEFT JOIN {{identities}} AS i ON i.user_id = p.user_id
