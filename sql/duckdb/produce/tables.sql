-- The tables that were delivered to a feed.
SELECT table_name, unnest(columns) FROM {{state}}.delivered.tables WHERE feed = $1
