-- Each time that somebody took the first step of a funnel.
reached_1 AS (
    SELECT e.user_id, {{scope}} AS scope, e."time" AS began, e."time" AS moment{{group}}
    FROM {{events}} WHERE {{where}}
)
