-- A column that a table has not had before; the rows that are there have NULL.
ALTER TABLE smew.{{relation}} ADD COLUMN {{column}} {{type}}
