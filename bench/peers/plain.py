"""Copies what smew shows into plain tables: plain.py FRESH DATABASE"""
import sys

import duckdb

fresh, source = sys.argv[1:]
con = duckdb.connect(fresh)
con.execute(f"ATTACH '{source}' AS source (READ_ONLY)")
for (view,) in con.execute("SELECT view_name FROM duckdb_views() WHERE database_name = 'source' "
                           "AND schema_name = 'main' AND NOT internal AND view_name <> 'all_events'").fetchall():
    con.execute(f'CREATE TABLE "{view}" AS FROM source.main."{view}"')
con.close()
