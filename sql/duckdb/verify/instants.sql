-- Rows that are kept with another instant than their time stands for.
SELECT smew_dump_id, smew_part, count(*), min(smew_row), arg_min_null({{first}}, smew_row), arg_min_null({{second}}, smew_row)
FROM smew.{{relation}} WHERE smew_time IS DISTINCT FROM smew.instant("time")
GROUP BY ALL ORDER BY ALL
