-- What each manifest object's last try said. Clocks jump; rowid is the order of the tries.
SELECT manifest_key, manifest_etag, arg_max(error, rowid) FROM smew.attempts GROUP BY ALL
