-- all_events of a feed without event tables.
SELECT NULL::VARCHAR AS event_table_name, NULL::BIGINT AS event_id, NULL::BIGINT AS user_id, NULL::BIGINT AS session_id, NULL::{{time}} AS "time" WHERE false
