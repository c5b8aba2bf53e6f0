-- How many ids stand for others, and for how many.
SELECT count(*), count(DISTINCT canonical_id) FROM {{identities}} VERSION AS OF {{tag}}
