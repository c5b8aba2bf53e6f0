-- From now on they are erased as well.
INSERT INTO erased_ids SELECT user_id, erasure FROM new_ids
