"""Runs the queries of a JSON object on stdin on databases in turn, and prints what each took.

    questions.py TIMES THREADS NAME=DATABASE...
"""
import json
import sys

import duckdb

import turns

times, threads, *named = sys.argv[1:]
targets = {name: duckdb.connect(path, read_only=True, config={"threads": int(threads)})
           for name, path in (n.split("=", 1) for n in named)}
print(json.dumps(turns.ask(targets, json.load(sys.stdin), int(times))))
