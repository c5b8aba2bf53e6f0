-- What another database remembers.
INSERT INTO smew.erased_names VALUES ($1, $2)
