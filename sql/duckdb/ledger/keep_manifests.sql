-- Notes manifest objects whose content the tables reflect; rows come as JSON.
INSERT INTO smew.manifests
SELECT unnest(from_json($1::VARCHAR, '[{"key":"VARCHAR","etag":"VARCHAR","dump_id":"BIGINT"}]'), recursive := true)
