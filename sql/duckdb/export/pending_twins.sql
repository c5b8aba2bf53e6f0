-- Of rows that are the same in all that is sent, one stays.
DELETE FROM {{pending}} WHERE rowid IN (
    SELECT place FROM (SELECT rowid AS place, row_number() OVER (PARTITION BY {{keys}} ORDER BY rowid) AS nth FROM {{pending}}) WHERE nth > 1)
