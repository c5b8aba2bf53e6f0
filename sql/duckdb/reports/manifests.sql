-- Every manifest that was ever seen: those that were loaded, and those that could not be.
SELECT key, dump_id FROM smew.manifests UNION SELECT manifest_key, dump_id FROM smew.attempts
