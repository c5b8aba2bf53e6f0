-- Users with what their first and their last session say. Of sessions at one instant the least id comes first, so
-- that there is one row a user whatever ties there are.
SELECT {{users}}, {{added}}
FROM {{schema}}.{{table}} AS u LEFT JOIN (
    SELECT user_id, min("time") AS first_seen, max("time") AS last_seen,
        arg_min({{touch}}, struct_pack(t := "time", s := session_id)) AS first_touch,
        arg_max({{touch}}, struct_pack(t := "time", s := session_id)) AS last_touch
    FROM typed.{{sessions}} WHERE "time" IS NOT NULL AND user_id IS NOT NULL GROUP BY user_id
) AS s ON s.user_id = u.user_id
