-- Removes a table's rows of erased ids.
DELETE FROM smew.{{relation}} WHERE user_id IN (SELECT user_id FROM erased_ids)
