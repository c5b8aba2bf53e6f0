-- The row, before anything is loaded.
INSERT INTO {{head}} (version, writer, dump_id, committed_at, state) VALUES (0, '', -1, '', {{state}})
