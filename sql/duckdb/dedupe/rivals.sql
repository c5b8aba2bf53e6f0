-- The rows, of the batch (place NULL) and of the table, whose id stands in several rows or in one whose
-- owner changed, each with its age among the rows of its delivered key and among those of its resolved
-- key: the newest has 1 (R7). Stored rows that lost to an earlier batch are out of it. Rows of dumps below
-- the second parameter are about to be invalid and are nobody's rival. Stored rows get the canonical ids
-- that this dump changed only later.
CREATE OR REPLACE TEMP TABLE rivals AS
WITH stored AS MATERIALIZED (
    SELECT h.{{id}} AS id, h.user_id, h.smew_user_id, h.smew_hidden, h.smew_dump_id, h.smew_part, h.smew_row, h.rowid AS place
    FROM smew.{{relation}} AS h
    SEMI JOIN (SELECT id FROM (SELECT id FROM batch_keys UNION ALL SELECT id FROM contested) WHERE id IS NOT NULL) AS wanted ON wanted.id = h.{{id}}
    ANTI JOIN beaten ON beaten.place = h.rowid
    WHERE h.user_id IS NOT NULL AND h.smew_dump_id >= $2
), several AS (
    SELECT id FROM batch_keys WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1
    UNION
    SELECT id FROM stored
), contenders AS (
    SELECT b.id, b.user_id, coalesce(m.canonical_id, b.user_id) AS canonical_id, $1::BIGINT AS dump, part, "row",
        NULL::BIGINT AS place, NULL::BOOLEAN AS was_hidden
    FROM batch_keys AS b SEMI JOIN several USING (id) LEFT JOIN mapped AS m ON m.user_id = b.user_id
    UNION ALL
    SELECT s.id, s.user_id, coalesce(c.new_id, s.smew_user_id), s.smew_dump_id, s.smew_part, s.smew_row, s.place, s.smew_hidden
    FROM stored AS s LEFT JOIN changed_identities AS c ON c.user_id = s.user_id
)
SELECT dump, part, "row", place, was_hidden,
    row_number() OVER (PARTITION BY id, user_id ORDER BY dump DESC, part DESC, "row" DESC) AS age,
    row_number() OVER (PARTITION BY id, canonical_id ORDER BY dump DESC, part DESC, "row" DESC) AS resolved_age
FROM contenders
