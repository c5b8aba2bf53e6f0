-- The keys that the next dump delivers of the weighed table: all of them ($3), or those that are new
-- or changed.
INSERT INTO {{state}}.pending.keys
SELECT $1, $2, now.key_1, now.key_2, now.content
FROM "smew weighed" AS now
ANTI JOIN (SELECT * FROM {{state}}.delivered.keys WHERE feed = $1 AND table_name = $2 AND NOT $3::BOOLEAN) AS before
    ON now.key_1 IS NOT DISTINCT FROM before.key_1 AND now.key_2 IS NOT DISTINCT FROM before.key_2 AND now.content = before.content
