-- Manifest objects whose content the tables reflect, with the dump it made; the dump's own before its copies.
SELECT m.key, m.etag, m.dump_id FROM smew.manifests AS m JOIN smew.dumps AS d USING (dump_id)
ORDER BY m.dump_id, m.key <> d.manifest_key, m.key
