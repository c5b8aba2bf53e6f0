"""Reads a feed's parts with DuckDB's read_avro, just as they are delivered.

    raw.py DATABASE THREADS FEED
"""
import sys

from duck import connect
from feed import local, manifests


def load(con, feed, schema):
    """Brings all tables of all dumps into a schema, and returns the tables' names. A full resync
    replaces what was there; the order of insertion is the order of dumps, parts and rows."""
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    columns = {}
    for manifest in manifests(feed):
        for table in manifest["tables"]:
            at, files = f'{schema}."{table["name"]}"', [local(feed, f) for f in table["files"]]
            if not files:
                if not table["incremental"] and table["name"] in columns:
                    con.execute(f"DELETE FROM {at}")
                continue
            source = "read_avro(?, hive_partitioning = false)"
            new = [d[0] for d in con.execute(f"SELECT * FROM {source} LIMIT 0", [files]).description]
            if not table["incremental"] or table["name"] not in columns:
                con.execute(f"CREATE OR REPLACE TABLE {at} AS FROM {source}", [files])
                columns[table["name"]] = new
                continue
            for c in new:
                if c not in columns[table["name"]]:
                    con.execute(f'ALTER TABLE {at} ADD COLUMN "{c}" VARCHAR')
                    columns[table["name"]].append(c)
            con.execute(f"INSERT INTO {at} BY NAME FROM {source}", [files])
    return columns


if __name__ == "__main__":
    path, threads, feed = sys.argv[1:]
    con = connect(path, threads)
    load(con, feed, "main")
    con.close()
