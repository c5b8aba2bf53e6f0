-- All that is remembered of erased people: no id's hash is a name's.
SELECT hash FROM smew.erased UNION ALL SELECT hash FROM smew.erased_names
