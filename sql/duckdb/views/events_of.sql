-- One event table's share of all_events.
SELECT {{name}} AS event_table_name, event_id, smew_user_id AS user_id, session_id, {{time}} AS "time" FROM smew.{{relation}} WHERE NOT smew_hidden
