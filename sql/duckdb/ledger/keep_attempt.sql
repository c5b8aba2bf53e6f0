-- A try that failed, in a transaction of its own.
INSERT INTO smew.attempts VALUES ($1, $2, $3, $4, $5)
