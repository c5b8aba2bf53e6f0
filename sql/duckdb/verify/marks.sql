-- Rows that are hidden and should show, or show and should be hidden; a row with NULL in its key is never hidden (R4).
SELECT smew_dump_id, smew_part, smew_hidden, count(*), min(smew_row), arg_min_null(id, smew_row), arg_min_null(user_id, smew_row)
FROM (
    SELECT smew_dump_id, smew_part, smew_row, smew_hidden, id, user_id FROM ages WHERE age = 1 AND smew_hidden <> give_way
    UNION ALL
    SELECT smew_dump_id, smew_part, smew_row, smew_hidden, {{id}}, user_id FROM smew.{{relation}} WHERE smew_hidden AND ({{id}} IS NULL OR user_id IS NULL)
) GROUP BY ALL ORDER BY ALL
