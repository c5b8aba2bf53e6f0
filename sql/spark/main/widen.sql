-- A snapshot without new rows: who reads a tag has the columns that the table had when its snapshot was made.
INSERT INTO {{main}} ({{columns}}) SELECT {{columns}} FROM {{main}} WHERE false
