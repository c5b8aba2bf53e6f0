-- The identities as they are kept, in order.
SELECT user_id, canonical_id FROM smew.identities ORDER BY ALL
