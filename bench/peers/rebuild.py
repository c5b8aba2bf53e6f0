"""Makes all that is derived in a database of smew's anew from its delivered rows: rebuild.py DATABASE THREADS"""
import sys

import duckdb

from statements import columns_of, id_of, statement

path, threads = sys.argv[1:]
con = duckdb.connect(path, config={"threads": int(threads)})
tables = con.execute("SELECT view_name FROM duckdb_views() WHERE schema_name = 'delivered' AND NOT internal").fetchall()
con.execute("CREATE SCHEMA derived")
for (table,) in tables:
    columns = columns_of(con, f'delivered."{table}"')
    if table == "users":
        merged = {"user_id", "joindate", "last_modified", "identity", "handle", "email"}
        others = [c for c in columns if c not in merged and not c.startswith("smew_")]
        con.execute(statement("rebuild_users", others="".join(f', arg_max("{c}", last_modified) AS "{c}"' for c in others)))
    elif key := id_of(table, columns):
        con.execute(statement("rebuild_events", table=table, id=key))
    else:
        con.execute(f'CREATE VIEW derived."{table}" AS SELECT * EXCLUDE (smew_dump_id, smew_part, smew_row) FROM delivered."{table}"')
con.close()
