-- Whoever can still walk on stands at one of a ring, who has met all of the ring; a ring stands for its least id (R8).
INSERT OVERWRITE {{identities}} (user_id, canonical_id)
SELECT user_id, canonical_id FROM (
    SELECT w.user_id, coalesce(n.least_met, w.reached) AS canonical_id
    FROM {{walk}} AS w LEFT JOIN {{walk}} AS n ON n.user_id = w.reached
) WHERE user_id <> canonical_id
