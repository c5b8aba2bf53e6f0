-- A table's live columns in their order (R10).
SELECT name, first_dump, listed, place, physical FROM smew.columns
WHERE table_name = $1 ORDER BY first_dump, listed DESC, place
