-- The next dump is about to get its manifest.
INSERT INTO {{state}}.pending.dumps (feed, manifest_key, digest) VALUES ($1, $2, $3)
