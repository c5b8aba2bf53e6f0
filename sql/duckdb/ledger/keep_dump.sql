-- The row that makes a dump loaded: it commits with the dump's rows. Clocks jump, but no dump
-- is loaded before its manifest was last tried: what is in the way is told by that.
INSERT INTO smew.dumps SELECT $1, $2, $3, $4, $5,
    greatest($6::TIMESTAMP, (SELECT max(tried_at) FROM smew.attempts WHERE manifest_key = $2)), $7, $8
