-- Rows that should have given way to a newer one of the same delivered key.
SELECT smew_dump_id, smew_part, count(*), min(smew_row), arg_min(id, smew_row), arg_min(user_id, smew_row)
FROM ages WHERE age > 1 GROUP BY ALL ORDER BY ALL
