-- Makes room for a table's recomputed columns.
DELETE FROM smew.columns WHERE table_name = $1
