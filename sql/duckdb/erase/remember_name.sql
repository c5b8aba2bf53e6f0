-- Remembers a name of an erased person's, unless it is remembered already.
INSERT INTO smew.erased_names SELECT $1, $2 WHERE NOT EXISTS (FROM smew.erased_names WHERE hash = $1)
