-- Tables give way to those of the pending dump.
DELETE FROM {{state}}.delivered.tables WHERE feed = $1 AND table_name IN (SELECT table_name FROM {{state}}.pending.tables WHERE feed = $1)
