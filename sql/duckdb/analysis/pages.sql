-- The pageviews of each session.
SELECT user_id, session_id, count(*) AS pageviews,
    arg_min({{page}}, struct_pack(t := "time", e := event_id)) AS entry_page,
    arg_max({{page}}, struct_pack(t := "time", e := event_id)) AS exit_page
FROM typed.{{pageviews}} GROUP BY user_id, session_id
