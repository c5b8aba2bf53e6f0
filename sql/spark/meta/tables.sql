-- The tables of a database.
SHOW TABLES IN {{namespace}}
