-- First lines can be anybody's.
UPDATE smew.export_files SET first = NULL WHERE first IS NOT NULL
