-- Of all rows with one resolved key the newest (R7). That is also the newest of its delivered key, so one round does for both.
-- A row with NULL in its key is a duplicate of nothing (R4), so no table needs to be told from a keyless one.
SELECT smew_person, {{columns}}, user_id, smew_dump_id, smew_part, smew_row FROM (
    SELECT *, row_number() OVER (PARTITION BY {{id}}, smew_person ORDER BY smew_dump_id DESC, smew_part DESC, smew_row DESC) AS smew_age FROM (
        SELECT r.*, coalesce(i.canonical_id, r.user_id) AS smew_person
        FROM {{raw}} AS r LEFT JOIN {{identities}} AS i ON i.user_id = r.user_id WHERE r.smew_dump_id >= {{since}}
    )
) WHERE smew_age = 1 OR smew_person IS NULL OR {{id}} IS NULL
