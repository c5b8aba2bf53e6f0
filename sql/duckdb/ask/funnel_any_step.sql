-- The times of one step of a funnel that may be taken in any order.
SELECT {{n}} AS step, e.user_id, {{scope}} AS scope, e."time" AS moment{{group}} FROM {{events}} WHERE {{where}}
