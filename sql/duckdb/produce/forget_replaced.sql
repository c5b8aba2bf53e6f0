-- All keys of the tables that the pending dump delivered in full.
DELETE FROM {{state}}.delivered.keys
WHERE feed = $1 AND table_name IN (SELECT table_name FROM {{state}}.pending.tables WHERE feed = $1 AND full_resync)
