-- Opens the copy as a new file that the same DuckDBs can read as the old one.
ATTACH {{path}} AS {{copy}} (STORAGE_VERSION {{version}}, BLOCK_SIZE {{block}})
