-- How many rows readers see of a table.
SELECT {{name}} AS name, count(*) AS shown FROM {{table}} VERSION AS OF {{tag}}
