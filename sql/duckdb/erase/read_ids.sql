-- The ids of the person.
SELECT user_id FROM erased_ids ORDER BY user_id
