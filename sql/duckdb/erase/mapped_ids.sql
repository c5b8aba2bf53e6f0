-- All ids that mappings name.
CREATE OR REPLACE TEMP TABLE mapped_ids AS
SELECT from_user_id AS user_id FROM temp.{{relation}} UNION SELECT to_user_id FROM temp.{{relation}}
