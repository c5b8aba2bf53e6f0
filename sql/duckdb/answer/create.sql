-- Holds the rows of a table of an answer key until they are written to a file.
CREATE TABLE written ({{columns}})
