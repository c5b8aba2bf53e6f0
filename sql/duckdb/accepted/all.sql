-- The dumps that are accepted as lost.
SELECT dump_id, digest, part_key, part_etag, accepted_at, reason, error FROM smew.accepted ORDER BY dump_id
