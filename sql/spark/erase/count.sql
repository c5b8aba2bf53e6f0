-- How many rows of ids each part of a table brought.
SELECT {{name}} AS name, smew_dump_id, smew_part, count(*) AS held FROM {{raw}} WHERE {{theirs}} GROUP BY smew_dump_id, smew_part
