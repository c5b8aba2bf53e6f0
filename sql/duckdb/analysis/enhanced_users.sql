-- Users with what their first and their last session say. Of sessions at one instant the least id comes first, so
-- that there is one row a user whatever ties there are. Each column has an aggregate of its own, as only those that
-- somebody asks for are then worked out.
SELECT u.*, {{added}}
FROM {{schema}}.{{table}} AS u LEFT JOIN (
    SELECT user_id, min("time") AS date_first_seen, max("time") AS date_last_seen, {{touches}}
    FROM (
        SELECT user_id, "time", {{fields}},
            {{place}} AS place
        FROM typed.{{sessions}} WHERE "time" IS NOT NULL AND user_id IS NOT NULL
    ) GROUP BY user_id
) AS s ON s.user_id = u.user_id
