-- … and puts in those that are mapped now.
INSERT INTO smew.identities (user_id, canonical_id, target)
SELECT user_id, s.canonical_id, m.target
FROM settled AS s JOIN mapping AS m USING (user_id) SEMI JOIN rewritten USING (user_id)
WHERE user_id <> s.canonical_id
