-- Which rows differ from what was sent, by their places; only keys and hashes are compared.
CREATE OR REPLACE TEMP TABLE export_moved AS
SELECT r.place AS now, s.place AS before,
    CASE WHEN s.place IS NULL THEN 'added' WHEN r.place IS NULL THEN 'removed' ELSE 'changed' END AS kind
FROM (SELECT rowid AS place, h, {{keys}} FROM export_result) AS r
FULL JOIN (SELECT place, h, {{keys}} FROM {{state}}) AS s ON {{same_key}}
WHERE r.place IS NULL OR s.place IS NULL OR {{differs}}
