-- The first row of a part that is not held.
SELECT min(n) FROM range(1, $3::BIGINT + 1) AS t(n)
ANTI JOIN (SELECT smew_row FROM smew.{{relation}} WHERE smew_dump_id = $1 AND smew_part = $2) AS h ON h.smew_row = n
