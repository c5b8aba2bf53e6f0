-- From each time of the step before, the first one after it of this step; of several beginnings the last, which has the most time left.
reached_{{n}} AS (
    SELECT r.user_id, r.scope, max(r.began) AS began, h.moment{{group}}
    FROM reached_{{before}} AS r ASOF JOIN (
        SELECT e.user_id, {{scope}} AS scope, e."time" AS moment FROM {{events}} WHERE {{where}}
    ) AS h ON h.user_id = r.user_id AND h.scope = r.scope AND h.moment > r.moment
    WHERE {{within}} GROUP BY r.user_id, r.scope, h.moment
)
