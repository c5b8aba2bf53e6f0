-- Whether the delivered sessions are those that pauses make: a person's events without a longer pause between two of them.
WITH ordered AS (
    SELECT e.user_id, e.session_id, e."time",
        e."time" > lag(e."time") OVER (PARTITION BY e.user_id ORDER BY e."time") + {{gap}} AS apart
    FROM {{events}} WHERE e.session_id IS NOT NULL AND {{where}}
),
numbered AS (
    SELECT user_id, session_id, count(*) FILTER (apart) OVER (PARTITION BY user_id ORDER BY "time") AS run FROM ordered
),
pieces AS (SELECT DISTINCT user_id, session_id, run FROM numbered),
delivered AS (SELECT user_id, session_id, count(*) AS runs, any_value(run) AS run FROM pieces GROUP BY ALL),
runs AS (SELECT user_id, run, count(*) AS sessions FROM pieces GROUP BY ALL),
told AS (
    SELECT (SELECT count(*) FROM delivered) AS delivered, (SELECT count(*) FROM runs) AS recomputed,
        (SELECT count(*) FROM delivered AS d JOIN runs AS r USING (user_id, run) WHERE d.runs = 1 AND r.sessions = 1) AS equal,
        (SELECT count(*) FROM delivered WHERE runs > 1) AS paused, (SELECT count(*) FROM runs WHERE sessions > 1) AS joined
)
SELECT unnest(['delivered, with events', 'recomputed by pauses', 'the same events in both', 'delivered with a pause inside', 'recomputed of several delivered']) AS sessions,
    unnest([delivered, recomputed, equal, paused, joined]) AS count
FROM told
