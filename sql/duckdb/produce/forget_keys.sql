-- Keys that the pending dump delivered again.
DELETE FROM {{state}}.delivered.keys AS before
WHERE feed = $1 AND EXISTS (
    SELECT 1 FROM {{state}}.pending.keys AS next
    WHERE next.feed = $1 AND next.table_name = before.table_name
      AND next.key_1 IS NOT DISTINCT FROM before.key_1 AND next.key_2 IS NOT DISTINCT FROM before.key_2)
