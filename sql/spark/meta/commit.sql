-- Compare and set: where the version is another by now nothing is changed, which is no error to Spark, so the row is read back.
UPDATE {{head}} SET version = {{next}}, writer = {{writer}}, dump_id = {{dump}}, committed_at = {{at}}, state = {{state}} WHERE version = {{version}}
