-- Removes resolved identities of erased ids.
DELETE FROM smew.identities
WHERE user_id IN (SELECT user_id FROM erased_ids) OR canonical_id IN (SELECT user_id FROM erased_ids)
