"""A feed in a folder."""
import json
import pathlib


def manifests(feed):
    """The manifests in the order of their dumps."""
    found = [json.loads(f.read_text()) for f in pathlib.Path(feed, "manifests").glob("*.json")]
    return sorted(found, key=lambda m: m["dump_id"])


def local(feed, file):
    """Where a file that a manifest names lies: s3://bucket/key is feed/key."""
    return str(pathlib.Path(feed, file.split("/", 3)[3]))
