-- How many rows are written.
SELECT count(*) FROM "smew outgoing"
