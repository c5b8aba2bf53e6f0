-- Rows that cannot be read (R11), as JSON, by dump.
CREATE TABLE IF NOT EXISTS {{quarantine}} (table_name STRING, part INT, part_key STRING, `row` BIGINT, column_name STRING, reason STRING, content STRING,
    smew_dump_id BIGINT) USING iceberg PARTITIONED BY (smew_dump_id) TBLPROPERTIES ('write.distribution-mode' = 'none')
