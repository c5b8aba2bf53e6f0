-- Rows set aside of dumps below a full resync of their table: they are as invalid as the others (R5).
DELETE FROM smew.quarantine WHERE table_name = $1 AND dump_id < $2
