-- The definitions in force: those of the highest dump whose file could be understood (R14).
SELECT dump_id, body FROM smew.definitions WHERE problem IS NULL ORDER BY dump_id DESC LIMIT 1
