"""Copies what schema typed shows into plain tables, with all values of their types, and makes its views for analysis over
them: plain_typed.py FRESH DATABASE"""
import sys

import duckdb

fresh, source = sys.argv[1:]
con = duckdb.connect(source, read_only=True)
con.execute(f"ATTACH '{fresh}' AS fresh (READ_WRITE)")
con.execute("CREATE SCHEMA fresh.typed")
views = con.execute("SELECT view_name, sql FROM duckdb_views() WHERE database_name = current_database() "
                    "AND schema_name = 'typed' AND NOT internal").fetchall()
for name, _ in views:
    if name != "enhanced_users":
        con.execute(f'CREATE TABLE fresh.typed."{name}" AS FROM typed."{name}"')
con.close()

con = duckdb.connect(fresh)
for name, sql in views:
    if name == "enhanced_users":
        con.execute(sql)
con.close()
