-- The parts a dump lists, with what was seen of those that were read; rows come as JSON.
INSERT INTO smew.parts
SELECT unnest(from_json($1::VARCHAR, '[{"dump_id":"BIGINT","table_name":"VARCHAR","place":"INTEGER","key":"VARCHAR","size":"BIGINT","etag":"VARCHAR","rows":"BIGINT"}]'), recursive := true)
