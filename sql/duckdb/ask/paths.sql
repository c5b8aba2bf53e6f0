-- What people do first in a session: its first events, and how many sessions begin just so.
WITH flows AS (
    SELECT arg_min(e.event_table_name, struct_pack(t := e."time", id := e.event_id, name := e.event_table_name), {{first}}) AS flow
    FROM {{events}} WHERE e.session_id IS NOT NULL AND {{where}} GROUP BY e.user_id, e.session_id
)
SELECT array_to_string(flow, ' → ') AS flow, count(*) AS sessions, round(100 * count(*) / sum(count(*)) OVER (), 1) AS percent
FROM flows GROUP BY ALL ORDER BY sessions DESC, flow LIMIT {{top}}
