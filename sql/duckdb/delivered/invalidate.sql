-- A full resync makes the rows of all dumps below it invalid, and only those (R5).
DELETE FROM smew.{{relation}} WHERE smew_dump_id < $1
