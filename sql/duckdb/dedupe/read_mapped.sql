-- The batch's users who stand for another.
SELECT user_id, canonical_id FROM mapped
