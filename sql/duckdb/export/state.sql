-- A state as it lies there.
SELECT rowid AS place, * FROM {{table}}
