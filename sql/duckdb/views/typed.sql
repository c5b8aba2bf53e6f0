-- A table of main with its times and its typed columns.
SELECT {{columns}} FROM main.{{table}}
