-- The rows of a table that hides none.
SELECT count(*), 0::BIGINT FROM smew.{{relation}}
