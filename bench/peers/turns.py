"""Queries of databases in turn, in one process: starting one takes longer than most answers."""
import hashlib
import time


def ask(targets, queries, times):
    """What each of the connections by name took for each query, and a hash of its answer. The first turn only warms up."""
    found = {}
    for query, text in sorted(queries.items()):
        asked = found[query] = {name: {"runs": []} for name in targets}
        for turn in range(times + 1):
            for name, con in targets.items():
                wall, cpu = time.perf_counter(), time.process_time()
                answer = con.execute(text).fetchall()
                took = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
                if turn:
                    asked[name]["runs"].append(took)
                asked[name]["answer"] = hashlib.sha256(repr(answer).encode()).hexdigest()
                asked[name]["rows"] = len(answer)
    return found
