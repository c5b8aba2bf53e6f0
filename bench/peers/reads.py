"""Asks databases the same questions in turn, in one process, and prints what each took.

    reads.py TIMES THREADS NAME=DATABASE...
"""
import json
import sys

import duckdb

import turns
from statements import FOLDER, statement

times, threads, *named = sys.argv[1:]
targets = {name: duckdb.connect(path, read_only=True, config={"threads": int(threads)})
           for name, path in (n.split("=", 1) for n in named)}
first = next(iter(targets.values()))
(user,) = first.execute("SELECT user_id FROM pageviews GROUP BY 1 HAVING count(*) BETWEEN 10 AND 100 "
                        "ORDER BY hash(user_id) LIMIT 1").fetchone()
queries = {f.stem: statement(f"reads/{f.stem}", user=user) for f in (FOLDER / "reads").glob("*.sql")}
print(json.dumps(turns.ask(targets, queries, int(times))))
