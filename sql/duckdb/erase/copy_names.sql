-- What is remembered of erased people's names, for another database.
SELECT hash, erased_at FROM smew.erased_names
