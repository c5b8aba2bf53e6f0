-- The ids that several rows map: only theirs have to be ordered, and as a rule there are none.
CREATE OR REPLACE TEMP TABLE repeated AS
SELECT from_user_id FROM differing_rows GROUP BY from_user_id HAVING count(*) > 1
