-- The last sync of each table: that of the highest dump that named it.
SELECT event_table_name, arg_max(sync_started, dump_id) AS sync_started, arg_max(sync_ended, dump_id) AS sync_ended,
    max(dump_id) AS dump_id, arg_max(inserted_row_count, dump_id) AS inserted_row_count
FROM main._sync_history GROUP BY event_table_name
