-- How many rows of each part of a dump have arrived in a table.
SELECT {{name}} AS name, CAST(smew_part AS BIGINT) AS part, count(*) AS rows FROM {{raw}} WHERE smew_dump_id = {{dump}} GROUP BY smew_part
