-- What Spark this is.
SELECT version()
