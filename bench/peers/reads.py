"""Asks databases the same questions in turn, in one process, and prints what each took.

    reads.py TIMES THREADS NAME=DATABASE...
"""
import hashlib
import json
import sys
import time

import duckdb

from statements import FOLDER, statement

times, threads, *named = sys.argv[1:]
targets = {name: duckdb.connect(path, read_only=True, config={"threads": int(threads)})
           for name, path in (n.split("=", 1) for n in named)}
first = next(iter(targets.values()))
(user,) = first.execute("SELECT user_id FROM pageviews GROUP BY 1 HAVING count(*) BETWEEN 10 AND 100 "
                        "ORDER BY hash(user_id) LIMIT 1").fetchone()
found = {}
for query in sorted(f.stem for f in (FOLDER / "reads").glob("*.sql")):
    text = statement(f"reads/{query}", user=user)
    asked = found[query] = {name: {"runs": []} for name in targets}
    for turn in range(int(times) + 1):
        for name, con in targets.items():
            wall, cpu = time.perf_counter(), time.process_time()
            answer = con.execute(text).fetchall()
            took = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
            if turn:  # the first turn only warms up
                asked[name]["runs"].append(took)
            asked[name]["answer"] = hashlib.sha256(repr(answer).encode()).hexdigest()
            asked[name]["rows"] = len(answer)
print(json.dumps(found))
