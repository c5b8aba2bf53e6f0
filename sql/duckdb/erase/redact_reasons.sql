-- A reason without what it quoted.
UPDATE smew.quarantine SET reason = $2 WHERE reason = $1
