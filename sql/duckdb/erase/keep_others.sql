-- … are weighed against nobody's.
DELETE FROM batch_keys WHERE user_id IN (SELECT user_id FROM erased_ids)
