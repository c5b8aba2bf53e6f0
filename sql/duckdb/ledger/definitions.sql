-- The definitions files of which no fault is known.
SELECT dump_id, body FROM smew.definitions WHERE problem IS NULL
