-- Removes whom the records of erased ids were merged into.
DELETE FROM smew.people WHERE user_id IN (SELECT user_id FROM erased_ids)
