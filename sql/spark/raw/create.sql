-- The rows of a table as delivered, by dump. A dump's rows are one partition, so that writing them again replaces them; hash
-- distribution would send them all to one task.
CREATE TABLE IF NOT EXISTS {{raw}} ({{columns}}, smew_dump_id BIGINT, smew_part INT, smew_row BIGINT) USING iceberg
PARTITIONED BY (smew_dump_id) TBLPROPERTIES ('write.distribution-mode' = 'none')
