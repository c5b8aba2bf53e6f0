-- A column that the table was given meanwhile.
ALTER TABLE temp.{{relation}} ADD COLUMN IF NOT EXISTS {{column}} {{type}}
