-- Removes rows of erased people. The files that hold them stay until snapshots expire.
DELETE FROM {{table}} WHERE {{theirs}}
