-- A table without hidden rows, under its delivered column names.
SELECT {{columns}} FROM smew.{{relation}}
