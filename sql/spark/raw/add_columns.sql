-- Columns that the table has not had yet.
ALTER TABLE {{table}} ADD COLUMNS ({{columns}})
