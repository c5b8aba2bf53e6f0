-- A dump is about to be loaded anew from its manifest as it is now.
DELETE FROM smew.definitions WHERE dump_id = $1
