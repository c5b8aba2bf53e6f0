-- Rows as delivered that a full resync has made invalid (R5). As dumps are partitions, that removes files and reads none.
DELETE FROM {{raw}} WHERE smew_dump_id < {{resync}}
