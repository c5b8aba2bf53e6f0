-- The rows of the batch that lost, or else are hidden, each part's in order.
SELECT part, "row", age > 1 AS lost FROM rivals WHERE place IS NULL AND (age > 1 OR resolved_age > 1) ORDER BY part, "row"
