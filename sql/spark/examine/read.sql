-- Has one of the cluster's workers open the part.
SELECT count(*) FROM (SELECT 1 FROM {{view}} LIMIT 1)
