-- How many ids of how many people were erased, and how many rows went or were kept out with them.
SELECT count(*), count(DISTINCT erasure), (SELECT coalesce(sum(own_erased), 0)::BIGINT FROM smew.tables) FROM smew.erased
