-- The loads of dumps, the last first. rowid is their order, whatever the clock said; a dump that was
-- loaded again has a row of its own for the last time only.
SELECT dump_id, loaded_at, seconds, bytes FROM smew.dumps ORDER BY rowid DESC LIMIT $1
