-- Whose identity is written anew: who stands for another now, or takes another step there.
CREATE OR REPLACE TEMP TABLE rewritten AS
SELECT user_id FROM differing UNION SELECT user_id FROM changed_identities
