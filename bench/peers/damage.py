"""Reads each part of a feed with DuckDB's read_avro and with fastavro, each in a process of its own,
and prints what came out: the number of rows, an error, or the end of the process.

    damage.py FEED

The first line names the versions; then FILE, read_avro's and fastavro's result, by tabs. Each part is
to have 60 rows. fastavro's reader hands out rows as it goes: rows before an error are not counted.
"""
import multiprocessing
import pathlib
import sys
from importlib.metadata import version

ROWS = 60
TIMEOUT = 60


def read_avro(path, results):
    from duck import connect

    con = connect(":memory:", 1)
    con.execute("SET memory_limit = '1GB'")
    con.execute("CREATE TABLE t AS FROM read_avro(?)", [path])
    results.put(con.execute("SELECT count(*) FROM t").fetchone()[0])


def fastavro(path, results):
    from fastavro import reader

    with open(path, "rb") as part:
        results.put(sum(1 for _ in reader(part)))


def attempt(read, path, results):
    try:
        read(path, results)
    except Exception as e:
        print(path, read.__name__, repr(e)[:200], file=sys.stderr)
        results.put("error")


def outcome(read, path):
    results = multiprocessing.SimpleQueue()
    process = multiprocessing.Process(target=attempt, args=(read, path, results))
    process.start()
    process.join(TIMEOUT)
    if process.is_alive():
        process.kill()
        process.join()
        return "no end within a minute"
    if results.empty():
        return "crash"
    result = results.get()
    return result if isinstance(result, str) else f"{result} of {ROWS} rows"


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    print(f"read_avro of DuckDB {version('duckdb')} and fastavro {version('fastavro')}")
    for part in sorted(pathlib.Path(sys.argv[1]).rglob("*.avro"), key=lambda p: p.name):
        print(part.name, outcome(read_avro, str(part)), outcome(fastavro, str(part)), sep="\t", flush=True)
