-- Whoever still walks after more steps than there are walkers stands at one of a ring, who has
-- met all of the ring; a ring stands for its least id (R8).
INSERT INTO settled
SELECT w.user_id, n.least_met FROM walk AS w JOIN walk AS n ON n.user_id = w.reached
