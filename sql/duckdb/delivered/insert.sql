-- Parts decoded straight into the rows of their table. The scan was told what Weigh found: it gives
-- each row its canonical id (R8), leaves out those that a newer row of the same delivered key
-- supersedes, and marks those that a newer row of the same resolved key hides (R7).
INSERT INTO smew.{{relation}} (smew_dump_id, smew_part, smew_row, smew_user_id, smew_hidden, {{columns}})
SELECT $1::BIGINT, p.smew_part, p.smew_row, p.smew_user_id, p.smew_hidden, {{values}} FROM smew_parts() AS p
