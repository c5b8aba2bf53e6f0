-- How many rows a table holds.
SELECT coalesce(sum(held), 0)::BIGINT FROM held_parts
