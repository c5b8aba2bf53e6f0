-- All live columns, a table's in their order (R10).
SELECT table_name, name, physical FROM smew.columns ORDER BY table_name, first_dump, listed DESC, place
