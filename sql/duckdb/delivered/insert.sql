-- Parts decoded straight into the rows of their table, with their canonical id (R8), without
-- those that a newer row of the same delivered key supersedes, and with the mark of those that a
-- newer row of the same resolved key hides (R7).
INSERT INTO smew.{{relation}} (smew_dump_id, smew_part, smew_row, smew_user_id, smew_hidden, {{columns}})
SELECT $1::BIGINT, p.smew_part, p.smew_row, coalesce(i.canonical_id, p.user_id), coalesce(r.resolved_age > 1, false), {{values}}
FROM smew_parts() AS p
LEFT JOIN {{identities}} AS i ON i.user_id = p.user_id
LEFT JOIN (SELECT part, "row", age, resolved_age FROM rivals WHERE place IS NULL) AS r ON r.part = p.smew_part AND r."row" = p.smew_row
WHERE coalesce(r.age, 1) = 1
