-- What is loaded, in one row: whoever reads it knows of each table the snapshot that belongs to it. version counts the
-- commits, writer tells whose the last one was.
CREATE TABLE IF NOT EXISTS {{head}} (version BIGINT, writer STRING, dump_id BIGINT, committed_at STRING, state STRING) USING iceberg
