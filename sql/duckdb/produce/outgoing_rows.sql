-- Some of the rows that are written.
SELECT * FROM "smew outgoing" WHERE rowid >= $1 AND rowid < $2
