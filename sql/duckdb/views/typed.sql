-- The rows of a table of main with its times and its typed columns.
SELECT {{columns}} FROM ({{rows}})
