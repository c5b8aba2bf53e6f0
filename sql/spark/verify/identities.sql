-- The canonical ids that are kept.
SELECT user_id, canonical_id FROM {{identities}} VERSION AS OF {{tag}}
