-- The snapshot that a branch or tag of a table stands at.
SELECT {{name}} AS name, name AS held, CAST(snapshot_id AS STRING) AS snapshot FROM {{table}}.refs WHERE name = {{ref}}
