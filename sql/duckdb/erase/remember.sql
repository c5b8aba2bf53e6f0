-- Remembers ids, but for those that are remembered already.
INSERT INTO smew.erased SELECT hash, $1, $2 FROM hashed_ids ANTI JOIN smew.erased USING (hash)
