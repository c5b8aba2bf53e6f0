-- How many rows of a table are set aside.
SELECT count(*) FROM smew.quarantine WHERE table_name = $1
