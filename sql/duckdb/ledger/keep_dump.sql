-- The row that makes a dump loaded: it commits with the dump's rows.
INSERT INTO smew.dumps VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
