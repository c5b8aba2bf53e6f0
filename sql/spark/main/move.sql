-- Rows without a key follow the person that their delivered id stands for now.
MERGE INTO {{main}} AS m USING {{moved}} AS v ON m.smew_delivered_id = v.user_id AND m.{{id}} IS NULL
WHEN MATCHED THEN UPDATE SET m.user_id = v.new_id
