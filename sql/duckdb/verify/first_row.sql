-- The first row of a part that is held and does not lie between two places, for an example.
SELECT smew_row, {{first}}, {{second}} FROM smew.{{relation}}
WHERE smew_dump_id = $1 AND smew_part = $2 AND NOT smew_row BETWEEN $3 AND $4 ORDER BY smew_row LIMIT 1
