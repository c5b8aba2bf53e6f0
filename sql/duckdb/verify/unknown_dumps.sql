-- Rows of dumps that are not loaded, or whose part of the table was never read.
SELECT h.dump_id, h.part, h.held FROM held_parts AS h
ANTI JOIN (SELECT t.dump_id FROM smew.tables AS t JOIN smew.dumps USING (dump_id) WHERE t.name = $1 AND t.read) AS k ON k.dump_id = h.dump_id
ORDER BY ALL
