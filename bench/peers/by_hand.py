"""A loader as an analyst writes it: raw tables from read_avro, then one row a key, the newest.
Who is whom is left to the reader.

    by_hand.py DATABASE THREADS FEED
"""
import sys

import raw
from duck import connect

path, threads, feed = sys.argv[1:]
con = connect(path, threads)
con.execute("CREATE SCHEMA final")
for table, columns in raw.load(con, feed, "raw").items():
    if table == "users":
        key = "user_id"
    elif table == "sessions":
        key = "session_id, user_id"
    elif {"event_id", "user_id"} <= set(columns):
        key = "event_id, user_id"
    else:  # user_migrations: no key, all rows
        con.execute(f'CREATE TABLE final."{table}" AS FROM raw."{table}"')
        continue
    con.execute(f'CREATE TABLE final."{table}" AS FROM raw."{table}" '
                f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY rowid DESC) = 1")
con.close()
