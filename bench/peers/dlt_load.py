"""Loads a feed with dlt: its filesystem source lists the manifests, fastavro reads the parts, and
the destination merges by key, the newest row first.

    dlt_load.py DATABASE FOLDER FEED
"""
import json
import sys

import dlt
import fastavro
from dlt.sources.filesystem import filesystem

from feed import local

KEYS = {"users": ["user_id"], "sessions": ["session_id", "user_id"], "user_migrations": ["from_user_id"]}


def rows(feed, manifests, table):
    place = 0
    for manifest in manifests:
        for listed in manifest["tables"]:
            for file in listed["files"] if listed["name"] == table else []:
                with open(local(feed, file), "rb") as f:
                    for row in fastavro.reader(f):
                        place += 1
                        yield row | {"loaded_place": place}


path, folder, feed = sys.argv[1:]
items = filesystem(bucket_url=f"file://{feed}", file_glob="manifests/*.json")
manifests = sorted((json.loads(i.read_bytes()) for i in items), key=lambda m: m["dump_id"])
tables = dict.fromkeys(t["name"] for m in manifests for t in m["tables"])
pipeline = dlt.pipeline("feed", pipelines_dir=folder, dataset_name="dlt_feed",
                        destination=dlt.destinations.duckdb(path))
pipeline.run([
    dlt.resource(rows(feed, manifests, t), name=t, write_disposition="merge",
                 primary_key=KEYS.get(t, ["event_id", "user_id"]),
                 columns={"loaded_place": {"dedup_sort": "desc"}})
    for t in tables
])
