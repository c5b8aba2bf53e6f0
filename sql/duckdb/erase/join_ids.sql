-- Remembers them with the erasure that they belong to.
INSERT INTO smew.erased SELECT h.hash, n.erasure, $1 FROM new_ids AS n JOIN hashed_ids AS h USING (user_id)
