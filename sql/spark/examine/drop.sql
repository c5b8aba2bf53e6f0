-- Drops that table, with its files.
DROP TABLE IF EXISTS {{table}} PURGE
