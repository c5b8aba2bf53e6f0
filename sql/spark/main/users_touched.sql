-- The rows of people of whom a dump brings records, or whose mapping it changes. Who is nobody's person any more goes. A row without an
-- id meets no other.
MERGE INTO {{main}} AS m USING (
    WITH touched AS (
        SELECT coalesce(i.canonical_id, r.user_id) AS smew_who FROM {{raw}} AS r LEFT JOIN {{identities}} AS i ON i.user_id = r.user_id
        WHERE r.smew_dump_id = {{dump}} AND r.user_id IS NOT NULL
        UNION SELECT old_id FROM {{moved}} UNION SELECT new_id FROM {{moved}}
    ), merged AS (
        {{merged}}
    )
    SELECT smew_who AS smew_person, smew_person IS NULL AS smew_gone, {{columns}} FROM touched LEFT JOIN merged ON smew_person = smew_who
    UNION ALL
    SELECT NULL, false, {{columns}} FROM {{raw}} WHERE smew_dump_id = {{dump}} AND user_id IS NULL
) AS s ON m.user_id = s.smew_person
WHEN MATCHED AND s.smew_gone THEN DELETE
WHEN MATCHED THEN UPDATE SET {{sets}}
WHEN NOT MATCHED AND NOT s.smew_gone THEN INSERT (user_id, {{columns}}) VALUES (s.smew_person, {{values}})
