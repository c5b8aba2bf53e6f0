-- Whether a dump is loaded; asked again inside its transaction.
SELECT count(*) FROM smew.dumps WHERE dump_id = $1
