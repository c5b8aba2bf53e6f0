-- The last dump of a feed, pending or delivered.
SELECT manifest_key, digest FROM {{state}}.{{side}}.dumps WHERE feed = $1
