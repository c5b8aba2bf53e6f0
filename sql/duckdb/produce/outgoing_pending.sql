-- The rows of a table whose keys are pending, as they are written.
CREATE OR REPLACE TEMP TABLE "smew outgoing" AS
SELECT {{columns}}
FROM {{source}} AS source
SEMI JOIN (SELECT key_1, key_2 FROM {{state}}.pending.keys WHERE feed = {{feed}} AND table_name = {{table}}) AS next
    ON {{key_1}} IS NOT DISTINCT FROM next.key_1 AND {{key_2}} IS NOT DISTINCT FROM next.key_2
