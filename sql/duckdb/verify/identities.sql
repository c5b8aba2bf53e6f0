-- The identities as they are kept, in order.
SELECT user_id, canonical_id, target FROM smew.identities ORDER BY ALL
