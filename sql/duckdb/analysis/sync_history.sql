-- What each dump brought of each table, as the vendor's managed warehouses tell of their syncs.
SELECT t.name AS event_table_name, d.dump_id,
    d.loaded_at - to_microseconds(CAST(1000000 * d.seconds AS BIGINT)) AS sync_started, d.loaded_at AS sync_ended,
    t.full_resync, t.rows_read AS inserted_row_count
FROM smew.tables AS t JOIN smew.dumps AS d USING (dump_id)
