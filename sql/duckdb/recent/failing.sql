-- When each manifest began to fail: its first try since its dump was loaded, if it ever was.
SELECT manifest_key, min(tried_at) FROM smew.attempts AS a
WHERE NOT EXISTS (
    SELECT 1 FROM smew.manifests AS m JOIN smew.dumps AS d USING (dump_id)
    WHERE m.key = a.manifest_key AND d.loaded_at >= a.tried_at
)
GROUP BY manifest_key
