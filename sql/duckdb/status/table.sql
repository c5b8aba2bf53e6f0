-- What the loaded dumps delivered of a table, and how much of it gave way.
SELECT coalesce(sum(rows_read), 0)::BIGINT, coalesce(sum(rows_superseded), 0)::BIGINT, coalesce(sum(rows_invalidated), 0)::BIGINT
FROM smew.tables WHERE name = $1
