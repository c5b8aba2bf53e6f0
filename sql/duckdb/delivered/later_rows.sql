-- How many rows of a table stay when all below a dump go.
SELECT count(*) FROM smew.{{relation}} WHERE smew_dump_id >= $1
