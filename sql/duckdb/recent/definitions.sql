-- The property definitions of the highest dump that names some (R14).
SELECT dump_id, key, problem FROM smew.definitions ORDER BY dump_id DESC LIMIT 1
