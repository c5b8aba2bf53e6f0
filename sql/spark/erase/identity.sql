-- Whose records have this identity; of each delivered id the newest record counts.
SELECT DISTINCT coalesce(i.canonical_id, r.user_id) AS person FROM (
    SELECT user_id, identity, row_number() OVER (PARTITION BY user_id ORDER BY smew_dump_id DESC, smew_part DESC, smew_row DESC) AS age
    FROM {{raw}} WHERE smew_dump_id >= {{since}} AND user_id IS NOT NULL
) AS r LEFT JOIN {{identities}} AS i ON i.user_id = r.user_id
WHERE r.age = 1 AND r.identity = {{identity}}
ORDER BY person
