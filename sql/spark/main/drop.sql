-- A table that an attempt left which came to nothing, or that is left out from now on, with its files: rows of people are in them.
DROP TABLE IF EXISTS {{main}} PURGE
