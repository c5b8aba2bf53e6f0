-- Rows that were set aside; they come as JSON.
INSERT INTO smew.quarantine
SELECT unnest(from_json($1::VARCHAR, '[{"dump_id":"BIGINT","table_name":"VARCHAR","part":"INTEGER","part_key":"VARCHAR","row":"BIGINT","column_name":"VARCHAR","reason":"VARCHAR","content":"VARCHAR"}]'), recursive := true)
