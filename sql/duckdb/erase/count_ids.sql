-- How many there are.
SELECT count(*) FROM erased_ids
