-- Who of them was erased.
CREATE OR REPLACE TEMP TABLE erased_ids AS
SELECT user_id, erasure FROM hashed_ids JOIN smew.erased USING (hash)
