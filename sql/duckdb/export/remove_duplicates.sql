-- Of the rows of one key one stays, which does not depend on their order: that of the least hash.
DELETE FROM export_result WHERE rowid IN (
    SELECT place FROM (SELECT rowid AS place, row_number() OVER (PARTITION BY {{keys}} ORDER BY h, rowid) AS nth FROM export_result WHERE ({{keys}}) IN (
        SELECT ({{keys}}) FROM export_result GROUP BY {{keys}} HAVING count(*) > 1))
    WHERE nth > 1)
