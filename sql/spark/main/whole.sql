-- All rows that a table of main has from now on.
INSERT OVERWRITE {{main}} ({{columns}})
{{rows}}
