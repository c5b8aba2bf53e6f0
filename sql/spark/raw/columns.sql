-- The columns a table has, those included that a dump brought which came to nothing.
DESCRIBE TABLE {{table}}
