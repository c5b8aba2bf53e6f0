-- How many rows have a rival, and how many of them lose against one of the same delivered key.
SELECT count(*), count(*) FILTER (age > 1) FROM rivals
