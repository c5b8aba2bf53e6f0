-- How many rows of each dump a table holds as delivered.
SELECT {{name}} AS name, smew_dump_id, count(*) AS held FROM {{raw}} GROUP BY smew_dump_id
