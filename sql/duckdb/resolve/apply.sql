-- A mapping changes rows that were loaded long ago: their canonical id follows it (R8).
UPDATE smew.{{relation}} AS h SET smew_user_id = c.new_id
FROM changed_identities AS c WHERE h.user_id = c.user_id AND h.smew_user_id <> c.new_id
