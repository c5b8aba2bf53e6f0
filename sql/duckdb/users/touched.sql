-- The people a dump touches: whose records it brings, and whose mapping it changes.
CREATE OR REPLACE TEMP TABLE touched_users AS
SELECT smew_user_id AS user_id FROM smew.{{relation}} WHERE smew_dump_id = $1 AND user_id IS NOT NULL
UNION SELECT old_id FROM changed_identities
UNION SELECT new_id FROM changed_identities
