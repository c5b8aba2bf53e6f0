-- After a full resync of users everyone is merged anew.
CREATE OR REPLACE TEMP TABLE touched_users AS
SELECT smew_user_id AS user_id FROM smew.{{relation}} WHERE user_id IS NOT NULL
UNION SELECT user_id FROM smew.people WHERE user_id IS NOT NULL
