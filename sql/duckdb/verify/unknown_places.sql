-- Rows of loaded dumps that stand where no part has a row, or are more than their part had.
SELECT h.dump_id, h.part, h.held, h.first_row, h.last_row, p.rows FROM held_parts AS h
SEMI JOIN (SELECT t.dump_id FROM smew.tables AS t JOIN smew.dumps USING (dump_id) WHERE t.name = $1 AND t.read) AS k ON k.dump_id = h.dump_id
LEFT JOIN smew.parts AS p ON p.table_name = $1 AND p.dump_id = h.dump_id AND p.place = h.part
WHERE p.rows IS NULL OR h.first_row < 1 OR h.last_row > p.rows OR h.held > p.rows
ORDER BY ALL
