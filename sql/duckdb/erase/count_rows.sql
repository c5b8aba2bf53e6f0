-- Counts a table's rows of erased ids.
INSERT INTO gone
SELECT $1, smew_dump_id, smew_part, count(*), false FROM smew.{{relation}} SEMI JOIN erased_ids USING (user_id) GROUP BY ALL
