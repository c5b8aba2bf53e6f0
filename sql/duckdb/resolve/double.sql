-- Everyone jumps to where the one they stand at has got to: each round doubles the way.
CREATE OR REPLACE TEMP TABLE walk AS
SELECT w.user_id, coalesce(n.reached, s.canonical_id) AS reached,
       least(w.least_met, coalesce(n.least_met, s.canonical_id)) AS least_met
FROM walk AS w
LEFT JOIN walk AS n ON n.user_id = w.reached
LEFT JOIN settled AS s ON s.user_id = w.reached
