-- One event table's share of all_events.
SELECT {{name}} AS event_table_name, event_id, user_id, session_id, `time` FROM {{main}} VERSION AS OF {{tag}}
