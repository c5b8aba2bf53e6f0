-- How many rows lose against one of the same delivered key.
SELECT count(*) FROM rivals WHERE age > 1
