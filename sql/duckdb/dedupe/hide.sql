-- Second round of deduplication (R7): among rows of one resolved key all but the newest are
-- hidden, not removed, as a mapping may be taken back. Only ids that the dump or a changed
-- mapping touches are looked at, and of those the ones that stand in several rows.
UPDATE smew.{{relation}} AS h SET smew_hidden = m.hidden
FROM (
    SELECT r.rowid AS place, row_number() OVER (
        PARTITION BY {{id}}, smew_user_id ORDER BY smew_dump_id DESC, smew_part DESC, smew_row DESC) > 1 AS hidden
    FROM smew.{{relation}} AS r
    SEMI JOIN (
        SELECT {{id}} FROM smew.{{relation}}
        SEMI JOIN (
            SELECT {{id}} FROM smew.{{relation}}
            WHERE smew_dump_id = $1 OR user_id IN (SELECT user_id FROM changed_identities)
        ) AS touched USING ({{id}})
        WHERE user_id IS NOT NULL
        GROUP BY {{id}} HAVING count(*) > 1
    ) AS several USING ({{id}})
    WHERE r.user_id IS NOT NULL
) AS m
WHERE h.rowid = m.place AND h.smew_hidden <> m.hidden
