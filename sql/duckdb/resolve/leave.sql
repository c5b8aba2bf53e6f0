-- The settled walk no further.
DELETE FROM walk WHERE user_id IN (SELECT user_id FROM settled)
