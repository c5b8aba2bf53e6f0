-- A table that is new.
INSERT INTO smew.held VALUES ($1, $2, $3, $4, $5)
