-- How many rows of each dump and table are set aside.
SELECT dump_id, table_name, count(*) FROM smew.quarantine GROUP BY ALL ORDER BY ALL
