-- Rows that stand for somebody else than their id resolves to (R8).
SELECT smew_dump_id, smew_part, count(*), min(smew_row), arg_min_null({{first}}, smew_row), arg_min_null(h.user_id, smew_row),
    arg_min_null(smew_user_id, smew_row), arg_min_null(coalesce(c.canonical_id, i.canonical_id, h.user_id), smew_row)
FROM smew.{{relation}} AS h LEFT JOIN smew.identities AS i ON i.user_id = h.user_id LEFT JOIN corrected AS c ON c.user_id = h.user_id
WHERE smew_user_id IS DISTINCT FROM coalesce(c.canonical_id, i.canonical_id, h.user_id)
GROUP BY ALL ORDER BY ALL
