-- Copies a table's rows.
INSERT INTO {{to}} ({{columns}}) SELECT {{columns}} FROM {{from}}
