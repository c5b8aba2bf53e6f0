-- Whether the file already holds a smew database.
SELECT count(*) FROM information_schema.tables WHERE table_schema = 'smew' AND table_name = 'settings'
