-- The rows that were taken out, of a table whose rows have no rivals.
SELECT part, "row", true FROM sifted ORDER BY part, "row"
