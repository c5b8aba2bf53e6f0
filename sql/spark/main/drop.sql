-- A table that an attempt left which came to nothing.
DROP TABLE IF EXISTS {{main}}
