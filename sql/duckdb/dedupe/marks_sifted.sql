-- The same where rows of the batch were taken out before it was weighed: they are left out as those that lost.
SELECT part, "row", lost FROM (
    SELECT part, "row", age > 1 AS lost FROM rivals WHERE place IS NULL AND (age > 1 OR resolved_age > 1)
    UNION ALL
    SELECT part, "row", true FROM sifted
) ORDER BY part, "row"
