-- Those, most of them, whose first step was the last.
CREATE OR REPLACE TEMP TABLE settled AS
SELECT user_id, target AS canonical_id FROM first_step WHERE NOT leads_on
