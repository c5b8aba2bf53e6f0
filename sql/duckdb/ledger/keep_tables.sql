-- What a dump did to each table it names; rows come as JSON.
INSERT INTO smew.tables BY NAME
SELECT t.dump_id, t.name, t.place, t.full_resync, t.listed, t.unlisted, t.files, t.read, t.rows_read, t.rows_superseded, t.rows_invalidated,
    t.own_superseded, 0 AS own_invalidated, t.own_quarantined, t.own_erased
FROM (SELECT unnest(from_json($1::VARCHAR, '[{"dump_id":"BIGINT","name":"VARCHAR","place":"INTEGER","full_resync":"BOOLEAN","listed":["VARCHAR"],"unlisted":["VARCHAR"],"files":"INTEGER","read":"BOOLEAN","rows_read":"BIGINT","rows_superseded":"BIGINT","rows_invalidated":"BIGINT","own_superseded":"BIGINT","own_quarantined":"BIGINT","own_erased":"BIGINT"}]')) AS t)
