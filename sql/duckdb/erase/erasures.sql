-- How many people were erased.
SELECT coalesce(max(erasure), 0) FROM smew.erased
