-- What is remembered of erased people, for another database.
SELECT hash, erasure, erased_at FROM smew.erased
