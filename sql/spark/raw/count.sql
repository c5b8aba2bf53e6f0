-- How many rows of a dump have arrived in a table. Iceberg answers from what it knows of the files.
SELECT {{name}} AS name, count(*) AS held FROM {{raw}} WHERE smew_dump_id = {{dump}}
