-- A dump is accepted as lost.
INSERT INTO smew.accepted VALUES ($1, $2, $3, $4, $5, $6, $7)
