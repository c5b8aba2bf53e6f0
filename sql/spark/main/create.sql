-- A table resolved and deduplicated: user_id is the person's. What delivered the row is told by the last four.
CREATE TABLE {{main}} ({{columns}}, smew_delivered_id BIGINT, smew_dump_id BIGINT, smew_part INT, smew_row BIGINT) USING iceberg
TBLPROPERTIES ('format-version' = '2', 'write.merge.mode' = 'merge-on-read')
