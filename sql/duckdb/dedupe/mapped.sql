-- Who of the batch's users stands for another: what joins this needs not go through all identities.
CREATE OR REPLACE TEMP TABLE mapped AS
SELECT i.user_id, i.canonical_id FROM smew.identities AS i SEMI JOIN batch_keys ON batch_keys.user_id = i.user_id
