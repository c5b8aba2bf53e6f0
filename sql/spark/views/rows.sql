-- A table under its delivered names, as one commit has it.
SELECT {{columns}} FROM {{main}} VERSION AS OF {{tag}}
