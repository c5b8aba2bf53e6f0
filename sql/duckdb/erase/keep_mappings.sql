-- The mappings that name nobody erased.
INSERT INTO smew.{{relation}} BY NAME
FROM temp.{{relation}} AS m ANTI JOIN erased_ids AS f ON f.user_id = m.from_user_id ANTI JOIN erased_ids AS t ON t.user_id = m.to_user_id
