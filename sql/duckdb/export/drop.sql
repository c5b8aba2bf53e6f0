-- Drops a table of a sync.
DROP TABLE IF EXISTS {{table}}
