-- How many rows are to be removed.
SELECT coalesce(sum(rows), 0)::BIGINT FROM gone
