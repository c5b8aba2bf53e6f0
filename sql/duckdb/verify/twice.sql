-- A row of a dump that is held more than once.
SELECT smew_part, smew_row FROM smew.{{relation}} WHERE smew_dump_id = $1 GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 1
