-- The other ids under which a person was delivered.
SELECT user_id FROM smew.identities WHERE canonical_id = $1 ORDER BY user_id
