-- Removes mappings that name an erased id on either side.
DELETE FROM smew.{{relation}}
WHERE from_user_id IN (SELECT user_id FROM erased_ids) OR to_user_id IN (SELECT user_id FROM erased_ids)
