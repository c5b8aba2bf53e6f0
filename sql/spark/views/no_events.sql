-- all_events of a feed without event tables.
SELECT CAST(NULL AS STRING) AS event_table_name, CAST(NULL AS BIGINT) AS event_id, CAST(NULL AS BIGINT) AS user_id, CAST(NULL AS BIGINT) AS session_id, CAST(NULL AS STRING) AS `time` WHERE false
