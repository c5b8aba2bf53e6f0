-- Takes the touched people out, and the rows without an id, which are nobody's.
DELETE FROM smew.people WHERE user_id IS NULL OR user_id IN (SELECT user_id FROM touched_users)
