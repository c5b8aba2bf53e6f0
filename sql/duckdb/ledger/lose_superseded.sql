-- Counts stored rows that lost against newer ones, each with the dump that brought it.
UPDATE smew.tables AS t SET own_superseded = own_superseded + b.lost
FROM (SELECT dump, count(*) AS lost FROM beaten GROUP BY dump) AS b
WHERE t.name = $1 AND t.dump_id = b.dump
