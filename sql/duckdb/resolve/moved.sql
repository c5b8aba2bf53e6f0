-- How many have walked on.
SELECT count(*) FROM walk WHERE moved
