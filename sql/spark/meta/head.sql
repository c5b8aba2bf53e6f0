-- The head. More than one row are the work of two writers that both made the first.
SELECT version, writer, state FROM {{head}}
