-- Gives a new sync the next number.
INSERT INTO smew.export_syncs SELECT $1, coalesce(max(number), 0) + 1, NULL, NULL, NULL FROM smew.export_syncs
