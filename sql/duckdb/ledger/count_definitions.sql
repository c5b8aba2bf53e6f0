-- Notes since when the definitions of the given dump are in force, and that those of others are not any more.
UPDATE smew.definitions SET
    counted_from = CASE WHEN dump_id = $1 THEN $2 ELSE counted_from END,
    counted_to = CASE WHEN dump_id = $1 THEN NULL ELSE $2 END
WHERE CASE WHEN dump_id = $1 THEN counted_from IS NULL OR counted_to IS NOT NULL ELSE counted_from IS NOT NULL AND counted_to IS NULL END
