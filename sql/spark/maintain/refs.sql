-- The branches and tags of a table.
SELECT {{name}} AS name, name AS held, CAST(snapshot_id AS STRING) AS snapshot FROM {{table}}.refs
