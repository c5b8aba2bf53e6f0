-- The last try of each manifest that is not reflected: neither as it was tried, nor as
-- it has become since (a mended manifest has another ETag and was loaded after the try). rowid
-- is the order of the tries, whatever the clock said.
WITH last AS (
    SELECT manifest_key, arg_max_null(dump_id, rowid) AS dump_id, arg_max(manifest_etag, rowid) AS etag,
        arg_max(tried_at, rowid) AS tried_at, arg_max(error, rowid) AS error
    FROM smew.attempts GROUP BY manifest_key
)
SELECT l.dump_id, l.manifest_key, l.tried_at, l.error FROM last AS l
WHERE NOT EXISTS (
    SELECT 1 FROM smew.manifests AS m JOIN smew.dumps AS d USING (dump_id)
    WHERE m.key = l.manifest_key AND (m.etag = l.etag OR d.loaded_at >= l.tried_at)
)
ORDER BY l.dump_id NULLS FIRST, l.manifest_key
