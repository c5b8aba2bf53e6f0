-- What happened in each session: the time of its last event, how long that is after its beginning, its pageviews and events, the
-- first and the last page, and whether there was nothing after the first event.
SELECT s.session_id, s.user_id, s."time" AS started,
    greatest(s."time", e.ended) AS ended,
    date_diff('millisecond', s."time", greatest(s."time", e.ended)) / 1000 AS duration_seconds,
    coalesce(p.pageviews, 0) AS pageviews, coalesce(e.events, 0) AS events,
    p.entry_page, p.exit_page, coalesce(e.events, 0) <= 1 AS bounce
FROM typed.{{sessions}} AS s
LEFT JOIN (
    SELECT user_id, session_id, count(DISTINCT event_id) AS events, max("time") AS ended
    FROM typed.all_events GROUP BY user_id, session_id
) AS e USING (user_id, session_id)
LEFT JOIN ({{pages}}) AS p USING (user_id, session_id)
