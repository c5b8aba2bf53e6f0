-- The rows set aside that are an erased person's; they come as JSON.
CREATE OR REPLACE TEMP TABLE erased_quarantined AS
SELECT unnest(from_json($1::VARCHAR, '[{"dump_id":"BIGINT","table_name":"VARCHAR","part":"INTEGER","row":"BIGINT"}]'), recursive := true)
