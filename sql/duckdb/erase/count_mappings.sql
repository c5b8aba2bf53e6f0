-- Counts mappings that name an erased id on either side.
INSERT INTO gone
SELECT $1, smew_dump_id, smew_part, count(*), false FROM smew.{{relation}}
WHERE from_user_id IN (SELECT user_id FROM erased_ids) OR to_user_id IN (SELECT user_id FROM erased_ids) GROUP BY ALL
