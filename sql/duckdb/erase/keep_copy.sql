-- What another database remembers.
INSERT INTO smew.erased VALUES ($1, $2, $3)
