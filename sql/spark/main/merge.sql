-- What a dump changes in a table (R7): its own rows, and all of the people whose mapping it changes, each key's newest against
-- what is there. Rows of these people that are nobody's key any more go. A row with NULL in its key is a duplicate of nothing (R4).
MERGE INTO {{main}} AS m USING (
    WITH touched AS (
        SELECT old_id AS smew_who FROM {{moved}} UNION SELECT new_id FROM {{moved}}
    ), rows AS (
        {{rows}}
    ), resolved AS (
        SELECT r.*, coalesce(i.canonical_id, r.smew_delivered_id) AS smew_person, 0 AS smew_gone
        FROM rows AS r LEFT JOIN {{identities}} AS i ON i.user_id = r.smew_delivered_id
    ), weighed AS (
        SELECT *, row_number() OVER (PARTITION BY {{id}}, smew_person ORDER BY smew_gone, smew_dump_id DESC, smew_part DESC, smew_row DESC) AS smew_age FROM (
            SELECT {{id}}, smew_person, smew_gone, {{others}}, smew_delivered_id, smew_dump_id, smew_part, smew_row FROM resolved
            WHERE {{id}} IS NOT NULL AND smew_person IS NOT NULL
            UNION ALL
            SELECT {{id}}, user_id, 1, {{nulls}}, NULL, NULL, NULL, NULL FROM {{main}} LEFT SEMI JOIN touched ON smew_who = user_id WHERE {{id}} IS NOT NULL
        )
    )
    SELECT {{id}}, smew_person, smew_gone, {{others}}, smew_delivered_id, smew_dump_id, smew_part, smew_row, t.smew_who IS NOT NULL AS smew_touched
    FROM weighed LEFT JOIN touched AS t ON t.smew_who = smew_person WHERE smew_age = 1
    UNION ALL
    SELECT {{id}}, smew_person, 0, {{others}}, smew_delivered_id, smew_dump_id, smew_part, smew_row, false FROM resolved
    WHERE smew_dump_id = {{dump}} AND ({{id}} IS NULL OR smew_person IS NULL)
) AS s ON m.{{id}} = s.{{id}} AND m.user_id = s.smew_person
WHEN MATCHED AND s.smew_gone = 1 THEN DELETE
WHEN MATCHED AND (s.smew_touched AND (s.smew_dump_id <> m.smew_dump_id OR s.smew_part <> m.smew_part OR s.smew_row <> m.smew_row)
    OR struct(s.smew_dump_id, s.smew_part, s.smew_row) > struct(m.smew_dump_id, m.smew_part, m.smew_row)) THEN UPDATE SET {{sets}},
    m.smew_delivered_id = s.smew_delivered_id, m.smew_dump_id = s.smew_dump_id, m.smew_part = s.smew_part, m.smew_row = s.smew_row
WHEN NOT MATCHED AND s.smew_gone = 0 THEN INSERT ({{id}}, user_id, {{others}}, smew_delivered_id, smew_dump_id, smew_part, smew_row)
    VALUES (s.{{id}}, s.smew_person, {{values}}, s.smew_delivered_id, s.smew_dump_id, s.smew_part, s.smew_row)
