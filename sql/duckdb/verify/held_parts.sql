-- What a table holds of each part: looked at by several checks, counted once.
CREATE OR REPLACE TEMP TABLE held_parts AS
SELECT smew_dump_id AS dump_id, smew_part AS part, count(*) AS held, min(smew_row) AS first_row, max(smew_row) AS last_row
FROM smew.{{relation}} GROUP BY ALL
