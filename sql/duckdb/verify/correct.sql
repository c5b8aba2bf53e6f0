-- Right identities; rows come as JSON.
INSERT INTO corrected SELECT r[1], r[2] FROM (SELECT unnest(from_json($1::VARCHAR, '[["BIGINT"]]')) AS r)
