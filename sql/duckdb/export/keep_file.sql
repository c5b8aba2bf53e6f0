-- Notes a file that is about to be written.
INSERT INTO smew.export_files VALUES ($1, $2, $3, $4, NULL, NULL, NULL, NULL)
