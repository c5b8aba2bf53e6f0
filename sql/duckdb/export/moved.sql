-- Which rows differ from what was sent. Only keys and hashes are compared.
CREATE OR REPLACE TEMP TABLE export_moved AS
SELECT {{keys}}, r.h, s.place,
    CASE WHEN s.place IS NULL THEN 'added' WHEN r.h IS NULL THEN 'removed' ELSE 'changed' END AS kind
FROM export_result AS r FULL JOIN (SELECT * FROM {{state}}) AS s ON {{same_key}}
WHERE r.h IS NULL OR s.place IS NULL OR {{differs}}
