"""Copies the rows of the dumps after one into a fresh database: rows_alone.py FRESH DATABASE DUMP_ID"""
import sys

import duckdb

fresh, source, after = sys.argv[1:]
con = duckdb.connect(fresh)
con.execute(f"ATTACH '{source}' AS source (READ_ONLY)")
for (table,) in con.execute("SELECT view_name FROM duckdb_views() WHERE database_name = 'source' AND schema_name = 'delivered'").fetchall():
    con.execute(f'CREATE TABLE "{table}" AS FROM source.delivered."{table}" WHERE smew_dump_id > ?', [int(after)])
con.close()
