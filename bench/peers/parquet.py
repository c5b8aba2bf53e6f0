"""Writes a Parquet file for each Avro part: parquet.py FOLDER PART..."""
import sys

from duck import connect

folder, *parts = sys.argv[1:]
con = connect(":memory:", 2)
for i, part in enumerate(parts):
    con.execute(f"COPY (FROM read_avro(?, hive_partitioning = false)) "
                f"TO '{folder}/{i:05}.parquet' (FORMAT parquet, COMPRESSION snappy)", [part])
