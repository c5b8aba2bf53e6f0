"""Reads exported files by programs that are not smew's, and prints what they found as JSON.

On stdin comes a list of {"reader", "path", "options"}; options are delimiter, null, header, columns and compression.
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
    names = None if o.get("header", True) else o["columns"]
    reading = dict(parse_options=pyarrow.csv.ParseOptions(delimiter=o.get("delimiter", ","), newlines_in_values=True))
    with pyarrow.input_stream(path, compression=o.get("compression")) as f:
        text = f.read()
    if names is None:
        names = pyarrow.csv.read_csv(pyarrow.BufferReader(text), **reading).column_names
    table = pyarrow.csv.read_csv(
        pyarrow.BufferReader(text),
        read_options=pyarrow.csv.ReadOptions(column_names=None if o.get("header", True) else names),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types={n: pyarrow.string() for n in names}, null_values=[o.get("null", "")],
            strings_can_be_null=True, quoted_strings_can_be_null=False), **reading)
    return table.column_names, [], [list(r.values()) for r in table.to_pylist()]


def pandas_csv(path, o):
    """Takes NULL for the text that stands for it: it does not tell quotes."""
    with pyarrow.input_stream(path, compression=o.get("compression")) as f:
        frame = pandas.read_csv(f, sep=o.get("delimiter", ","), dtype=str, keep_default_na=False, encoding="utf-8-sig",
                                header=0 if o.get("header", True) else None, names=None if o.get("header", True) else o["columns"])
    return list(frame.columns), [], frame.values.tolist()


def duckdb_csv(path, o):
    found = duckdb.read_csv(path, sep=o.get("delimiter", ","), header=o.get("header", True), all_varchar=True, quotechar='"', escapechar='"',
                            na_values=o.get("null", ""), allow_quoted_nulls=False, compression=o.get("compression", "none"),
                            names=None if o.get("header", True) else o["columns"])
    return found.columns, [], [list(r) for r in found.fetchall()]


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


READERS = {f.__name__: f for f in (arrow_csv, pandas_csv, duckdb_csv, strict_json, json_lines, arrow_parquet, duckdb_parquet)}


def read(one):
    try:
        columns, types, rows = READERS[one["reader"]](one["path"], one["options"])
    except Exception as e:  # the test says which file it is of
        return {"error": f"{type(e).__name__}: {e}"}
    rows = [[str(v) if isinstance(v, float) and not math.isfinite(v) else v for v in row] for row in rows]
    return {"columns": columns, "types": types, "rows": rows}


json.dump([read(one) for one in json.load(sys.stdin)], sys.stdout, default=str)
sys.stdout.flush()
os._exit(0)  # pyarrow's threads may not be over, and Python would abort while it tidies up
