-- Rows that cannot be read (R11), as JSON, by dump and table.
CREATE TABLE IF NOT EXISTS {{quarantine}} (part INT, part_key STRING, `row` BIGINT, column_name STRING, reason STRING, content STRING,
    smew_dump_id BIGINT, table_name STRING) USING iceberg PARTITIONED BY (smew_dump_id, table_name) TBLPROPERTIES ('write.distribution-mode' = 'none')
