"""Makes a table to be exported, changes one row in a hundred, and copies it to a file.

Usage: export.py make DATABASE ROWS | change DATABASE | copy DATABASE FILE THREADS
"""
import sys

import duckdb

MAKE = """
CREATE TABLE m AS SELECT i AS id, 'user' || (i % 1000003) AS name, 'u' || i || '@example.com' AS email,
    (i * 7919) % 100000 AS n, TIMESTAMP '2026-01-01' + to_seconds(i) AS seen, md5(i::VARCHAR) AS token, (i % 97) / 8 AS score,
    CASE WHEN i % 3 = 0 THEN NULL ELSE 'Berlin' END AS city
FROM range({rows}) AS t(i)
"""

what, database = sys.argv[1:3]
db = duckdb.connect(database, read_only=what == "copy")
if what == "make":
    db.execute(MAKE.format(rows=int(sys.argv[3])))
elif what == "change":
    db.execute("UPDATE m SET n = n + 1 WHERE hash(id) % 100 = 0")
else:
    db.execute(f"SET threads = {int(sys.argv[4])}")
    db.execute("SET preserve_insertion_order = false")
    db.execute(f"COPY m TO '{sys.argv[3]}' (HEADER)")
db.close()
