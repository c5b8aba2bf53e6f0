-- Manifest objects that need not be read again under the same ETag (R1).
SELECT key, etag FROM smew.manifests
