-- From version 3 to 4: where a table's rows have their instants.
ALTER TABLE smew.{{relation}} ADD COLUMN smew_time TIMESTAMP
