-- Whoever stands at somebody settled has the same canonical id.
INSERT INTO settled
SELECT w.user_id, s.canonical_id FROM walk AS w JOIN settled AS s ON s.user_id = w.reached
