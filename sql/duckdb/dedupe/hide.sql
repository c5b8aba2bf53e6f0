-- Second round of deduplication (R7): among rows of one resolved key all but the newest are hidden, not
-- removed, as a mapping may be taken back. Rows of this dump were written with their mark.
UPDATE smew.{{relation}} AS h SET smew_hidden = m.hidden
FROM (
    SELECT r.rowid AS place, row_number() OVER (
        PARTITION BY {{id}}, smew_user_id ORDER BY smew_dump_id DESC, smew_part DESC, smew_row DESC) > 1 AS hidden
    FROM smew.{{relation}} AS r SEMI JOIN contested ON contested.id = r.{{id}}
    WHERE r.user_id IS NOT NULL
) AS m
WHERE h.rowid = m.place AND h.smew_hidden <> m.hidden
