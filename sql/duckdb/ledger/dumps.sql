-- The dumps that are loaded, as a plan sees them.
SELECT dump_id, manifest_key, digest FROM smew.dumps
