-- How many rows of each part of a dump have arrived.
SELECT smew_part, count(*) FROM {{raw}} WHERE smew_dump_id = {{dump}} GROUP BY smew_part
