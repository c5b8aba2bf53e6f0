-- The columns a relation has, live or not.
SELECT name FROM pragma_table_info($1)
