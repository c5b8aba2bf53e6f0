-- Works a table of main out from all of its rows.
INSERT OVERWRITE {{main}} ({{columns}})
{{rows}}
