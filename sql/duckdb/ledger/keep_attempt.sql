-- A try that failed, in a transaction of its own. Clocks jump, but a manifest that fails after
-- it was loaded, because it changed, fails later.
INSERT INTO smew.attempts SELECT $1, $2, $3,
    greatest($4::TIMESTAMP, (SELECT max(loaded_at) + INTERVAL 1 MICROSECOND FROM smew.dumps WHERE manifest_key = $2)), $5
