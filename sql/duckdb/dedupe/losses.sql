-- How many rows have a rival, how many of them lose against one of the same delivered key, and how many
-- of those are of the batch.
SELECT count(*), count(*) FILTER (age > 1), count(*) FILTER (age > 1 AND place IS NULL) FROM rivals
