-- A table under its delivered names, as one commit has it, in the words of Athena.
SELECT {{columns}} FROM {{main}} FOR VERSION AS OF {{snapshot}}
