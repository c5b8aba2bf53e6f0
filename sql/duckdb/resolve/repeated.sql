-- The ids that several rows map: only theirs have to be ordered, and as a rule there are none.
CREATE OR REPLACE TEMP TABLE repeated AS
SELECT from_user_id FROM smew.{{relation}} WHERE from_user_id IS NOT NULL GROUP BY from_user_id HAVING count(*) > 1
