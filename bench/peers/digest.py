"""Prints what tables of a schema hold: how many rows, and sums of hashes over keys and a few texts,
all together and each.

    digest.py DATABASE SCHEMA [TABLE...]
"""
import json
import sys

import duckdb

COLUMNS = ["from_user_id", "to_user_id", "event_id", "session_id", "user_id",
           "time", "path", "referrer", "email", "identity"]
OUR_OWN = {"all_events", "enhanced_users", "session_facts"}

path, schema, *wanted = sys.argv[1:]
con = duckdb.connect(path, read_only=True)
found = {}
tables = con.execute("SELECT table_name FROM information_schema.tables "
                     "WHERE table_schema = ? AND table_catalog = current_database()", [schema]).fetchall()
for (table,) in tables:
    if table in OUR_OWN or table.startswith("_") or wanted and table not in wanted:
        continue
    have = {name for name, *_ in con.execute(f'DESCRIBE "{schema}"."{table}"').fetchall()}
    columns = [c for c in COLUMNS if c in have]
    # As text: a peer may keep ids in another integer type.
    texts = [f'"{c}"::VARCHAR' for c in columns]
    sums = ", ".join(f"sum(hash({t}))::VARCHAR" for t in [", ".join(texts)] + texts)
    rows, whole, *each = con.execute(f'SELECT count(*), {sums} FROM "{schema}"."{table}"').fetchone()
    found[table] = {"rows": rows, "hash": whole or "", "columns": dict(zip(columns, each))}
print(json.dumps(found))
