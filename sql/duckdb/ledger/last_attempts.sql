-- What each manifest object's last try said.
SELECT manifest_key, manifest_etag, arg_max(error, tried_at) FROM smew.attempts GROUP BY ALL
