"""Reads an exported file by programs that are not smew's, and prints what they found as JSON.

Usage: read.py READER FILE OPTIONS, the options being JSON: delimiter, null and compression of CSV.
"""
import json
import math
import os
import sys

import duckdb
import pandas
import pyarrow
import pyarrow.csv
import pyarrow.parquet


def no_constant(text):
    raise ValueError(f"{text} is no JSON")


def text_of(path, o):
    with pyarrow.input_stream(path, compression=o.get("compression")) as f:
        return f.read().decode("utf-8")


def arrow_csv(path, o):
    null = o.get("null", "")
    with pyarrow.input_stream(path, compression=o.get("compression")) as f:
        head = f.read(1 << 20)
    names = pyarrow.csv.read_csv(pyarrow.BufferReader(head), parse_options=pyarrow.csv.ParseOptions(
        delimiter=o.get("delimiter", ","), newlines_in_values=True)).column_names
    table = pyarrow.csv.read_csv(
        pyarrow.BufferReader(head),
        parse_options=pyarrow.csv.ParseOptions(delimiter=o.get("delimiter", ","), newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types={n: pyarrow.string() for n in names}, null_values=[null],
            strings_can_be_null=True, quoted_strings_can_be_null=False))
    return table.column_names, [], [list(r.values()) for r in table.to_pylist()]


def pandas_csv(path, o):
    frame = pandas.read_csv(path, sep=o.get("delimiter", ","), dtype=str, keep_default_na=False,
                            encoding="utf-8-sig" if o.get("bom") else "utf-8", compression=o.get("compression"))
    return list(frame.columns), [], frame.values.tolist()


def strict_json(path, o):
    rows = json.loads(text_of(path, o), parse_constant=no_constant)
    return list(rows[0]) if rows else [], [], [list(r.values()) for r in rows]


def json_lines(path, o):
    rows = [json.loads(line, parse_constant=no_constant) for line in text_of(path, o).splitlines()]
    return list(rows[0]) if rows else [], [], [list(r.values()) for r in rows]


def arrow_parquet(path, o):
    table = pyarrow.parquet.read_table(path)
    return table.column_names, [str(f.type) for f in table.schema], [list(r.values()) for r in table.to_pylist()]


def duckdb_parquet(path, o):
    found = duckdb.read_parquet(path)
    return found.columns, [str(t) for t in found.types], [list(r) for r in found.fetchall()]


READERS = {f.__name__: f for f in (arrow_csv, pandas_csv, strict_json, json_lines, arrow_parquet, duckdb_parquet)}

columns, types, rows = READERS[sys.argv[1]](sys.argv[2], json.loads(sys.argv[3]))
rows = [[str(v) if isinstance(v, float) and not math.isfinite(v) else v for v in row] for row in rows]
json.dump({"columns": columns, "types": types, "rows": rows}, sys.stdout, default=str)
sys.stdout.flush()
os._exit(0)  # pyarrow's threads may not be over, and Python would abort while it tidies up
