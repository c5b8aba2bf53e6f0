-- From version 1 to 2: a table's rows that are not held any more were invalidated where a later
-- full resync came, else superseded.
UPDATE smew.tables AS t SET
    own_superseded = CASE WHEN t.dump_id >= $2 THEN t.rows_read - h.held ELSE 0 END,
    own_invalidated = CASE WHEN t.dump_id < $2 THEN t.rows_read - h.held ELSE 0 END
FROM (
    SELECT d.dump_id, count(r.smew_dump_id) AS held
    FROM smew.tables AS d LEFT JOIN smew.{{relation}} AS r ON r.smew_dump_id = d.dump_id WHERE d.name = $1 GROUP BY d.dump_id
) AS h
WHERE t.name = $1 AND t.dump_id = h.dump_id
