-- A table is about to be read again: what the ledger says of it goes.
DELETE FROM smew.quarantine WHERE table_name = $1
