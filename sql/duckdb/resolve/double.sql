-- Everyone jumps to where the walker they stand at has got to: each round doubles the way. Who stands
-- at somebody settled stays there.
CREATE OR REPLACE TEMP TABLE walk AS
SELECT w.user_id, coalesce(n.reached, w.reached) AS reached,
       least(w.least_met, n.least_met) AS least_met, n.user_id IS NOT NULL AS moved
FROM walk AS w LEFT JOIN walk AS n ON n.user_id = w.reached
