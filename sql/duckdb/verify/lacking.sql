-- The parts of a dump of which not all rows are held.
SELECT p.place, p.key, p.rows FROM smew.parts AS p LEFT JOIN held_parts AS h ON h.dump_id = p.dump_id AND h.part = p.place
WHERE p.dump_id = $1 AND p.table_name = $2 AND coalesce(h.held, 0) < p.rows ORDER BY p.place LIMIT 2
