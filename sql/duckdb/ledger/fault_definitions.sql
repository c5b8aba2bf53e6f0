-- A dump's definitions file turned out to count for nothing.
UPDATE smew.definitions SET problem = $2 WHERE dump_id = $1
