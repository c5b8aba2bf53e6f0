-- All live columns, each table's in their order (R10).
SELECT table_name, name, first_dump, listed, place, physical FROM smew.columns
ORDER BY table_name, first_dump, listed DESC, place
