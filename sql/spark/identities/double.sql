-- Everyone jumps to where the one they stand at has got to: each round doubles the way.
INSERT OVERWRITE {{walk}} (user_id, reached, least_met)
SELECT w.user_id, coalesce(n.reached, w.reached), least(w.least_met, coalesce(n.least_met, w.least_met))
FROM {{walk}} AS w LEFT JOIN {{walk}} AS n ON n.user_id = w.reached
