-- What could not be loaded, each try.
SELECT dump_id, tried_at, manifest_key, error
FROM smew.attempts
ORDER BY tried_at DESC
LIMIT 200
