-- A dump was tried again: it is in the database, or lost anew.
DELETE FROM smew.accepted WHERE dump_id = $1
