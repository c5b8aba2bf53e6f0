-- A table's live columns; rows come as JSON.
INSERT INTO smew.columns
SELECT unnest(from_json($1::VARCHAR, '[{"table_name":"VARCHAR","name":"VARCHAR","first_dump":"BIGINT","listed":"BOOLEAN","place":"INTEGER","physical":"VARCHAR"}]'), recursive := true)
