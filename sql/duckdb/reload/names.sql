-- The tables that a loaded dump names.
SELECT name FROM smew.tables WHERE dump_id = $1
