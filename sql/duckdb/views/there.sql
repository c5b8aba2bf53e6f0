-- Whether a table or view of that name is there, whoever made it.
SELECT count(*) FROM information_schema.tables WHERE table_schema = $1 AND lower(table_name) = lower($2)
