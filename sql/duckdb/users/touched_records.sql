-- Their records, so that the table is gone through once.
CREATE OR REPLACE TEMP TABLE touched_records AS
SELECT h.* FROM smew.{{relation}} AS h SEMI JOIN touched_users ON touched_users.user_id = h.smew_user_id
