-- The dumps that a table has rows of, from its metadata.
SELECT {{name}} AS name, CAST(`partition`.smew_dump_id AS STRING) AS held, '' AS snapshot FROM {{raw}}.partitions
