-- The type of a column.
INSERT INTO smew.types VALUES ($1, $2, $3)
