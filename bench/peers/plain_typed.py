"""Copies what schema typed shows into plain tables, with all values of their types: plain_typed.py FRESH DATABASE"""
import sys

import duckdb

fresh, source = sys.argv[1:]
con = duckdb.connect(source, read_only=True)
con.execute(f"ATTACH '{fresh}' AS fresh (READ_WRITE)")
con.execute("CREATE SCHEMA fresh.typed")
for (view,) in con.execute("SELECT view_name FROM duckdb_views() WHERE database_name = current_database() "
                           "AND schema_name = 'typed' AND NOT internal").fetchall():
    con.execute(f'CREATE TABLE fresh.typed."{view}" AS FROM typed."{view}"')
con.close()
