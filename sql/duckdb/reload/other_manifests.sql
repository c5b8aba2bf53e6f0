-- Manifest objects that are known to be of other dumps than this one.
SELECT key, etag FROM smew.manifests WHERE dump_id <> $1
