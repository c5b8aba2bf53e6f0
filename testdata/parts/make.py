# Makes the parts in this folder, each with the rows that a reader must give as JSON: columns and
# their values as text, null for NULL. What the text must be stands here beside the value and is
# not computed by the code under test. A part NAME.CODEC.avro has its rows in NAME.json.
#
#   python3 -m venv /tmp/venv
#   /tmp/venv/bin/pip install fastavro==1.11.1 cramjam==2.14.0 zstandard==0.25.0
#   /tmp/venv/bin/python make.py
#
# Python 3.11. Running it again gives the same bytes.
import json
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID

from fastavro import parse_schema, writer

SYNC = bytes(range(0xF0, 0x100))
LONG_MIN, LONG_MAX = -(2**63), 2**63 - 1


def part(name, schema, rows, codecs, interval=16000):
    """rows: one dict a row, of field to (value, text)."""
    columns = [f["name"] for f in schema["fields"]]
    values = [{c: row[c][0] for c in columns} for row in rows]
    texts = [[row[c][1] for c in columns] for row in rows]
    for codec in codecs:
        with open(f"{name}.{codec}.avro", "wb") as out:
            writer(out, parse_schema(schema), values, codec=codec, sync_interval=interval, sync_marker=SYNC)
    with open(f"{name}.json", "w") as out:
        json.dump({"columns": columns, "rows": texts}, out, ensure_ascii=False, indent=0)
        out.write("\n")


def same(text):
    return (text, text)


def number(n):
    return (n, str(n))


ALL = ["null", "deflate", "snappy", "zstandard", "bzip2", "xz"]


def logical(base, logical_type, **more):
    return {"type": base, "logicalType": logical_type, **more}


def types():
    fields = {
        "flag": "boolean", "small": "int", "big": "long", "single": "float", "double": "double",
        "raw": "bytes", "text": "string", "nothing": "null",
        "four": {"type": "fixed", "name": "four", "size": 4},
        "suit": {"type": "enum", "name": "suit", "symbols": ["HEARTS", "SPADES"]},
        "maybe_suit": ["null", "suit"],
        "text_first": ["string", "null"], "null_first": ["null", "string"],
        "several": ["null", "string", "long", "double", "boolean"],
        "price": logical("bytes", "decimal", precision=20, scale=4),
        "fixed_price": logical("fixed", "decimal", precision=30, scale=2, name="price16", size=16),
        "whole": logical("bytes", "decimal", precision=40),
        "day": logical("int", "date"),
        "clock_ms": logical("int", "time-millis"), "clock_us": logical("long", "time-micros"),
        "at_ms": logical("long", "timestamp-millis"), "at_us": logical("long", "timestamp-micros"),
        "at_ns": logical("long", "timestamp-nanos"),
        "local_ms": logical("long", "local-timestamp-millis"), "local_us": logical("long", "local-timestamp-micros"),
        "maybe_at": ["null", logical("long", "timestamp-micros")],
        "id": logical("string", "uuid"),
        "span": logical("fixed", "duration", name="span", size=12),
        "odd": logical("string", "no-such-type"), "wrong_base": logical("string", "date"),
        "list": {"type": "array", "items": ["null", "string"]},
        "table": {"type": "map", "values": "long"},
        "inner": {"type": "record", "name": "inner", "namespace": "a.b", "fields": [
            {"name": "z", "type": "int"}, {"name": "a", "type": ["null", "string"]},
            {"name": "when", "type": logical("long", "timestamp-micros")},
            {"name": "again", "type": ["null", "inner"]}]},
        "other": ["null", "a.b.inner"],
    }
    schema = {"type": "record", "name": "types", "doc": "all of them", "aliases": ["kinds"],
              "fields": [{"name": n, "type": t} for n, t in fields.items()]}
    utc = timezone.utc
    start = datetime(1970, 1, 1, tzinfo=utc)
    moment = datetime(2026, 1, 2, 3, 4, 5, 123456, tzinfo=utc)
    whole_ms = datetime(2026, 1, 2, 3, 4, 5, 7000, tzinfo=utc)
    inner = {"z": 1, "a": 'q"', "when": moment, "again": {"z": 2, "a": None, "when": start, "again": None}}
    inner_text = ('{"z":1,"a":"q\\"","when":"2026-01-02T03:04:05.123456Z",'
                  '"again":{"z":2,"a":null,"when":"1970-01-01T00:00:00Z","again":null}}')
    first = {
        "flag": (True, "true"), "small": number(-(2**31)), "big": number(LONG_MIN),
        "single": (0.1, "0.1"), "double": (0.1, "0.1"),
        "raw": (b"\x00\xff\x10", "00ff10"), "text": same("plain"), "nothing": (None, None),
        "four": (b"\xde\xad\xbe\xef", "deadbeef"), "suit": same("SPADES"), "maybe_suit": same("HEARTS"),
        "text_first": same(""), "null_first": same(""), "several": (7, "7"),
        "price": (Decimal("-0.0001"), "-0.0001"), "fixed_price": (Decimal("-12345678901234567890.12"), "-12345678901234567890.12"),
        "whole": number(Decimal(-(10**39))),
        "day": (date(2024, 2, 29), "2024-02-29"),
        "clock_ms": (time(23, 59, 59, 999000), "23:59:59.999000"), "clock_us": (time(0, 0, 0, 1), "00:00:00.000001"),
        "at_ms": (whole_ms, "2026-01-02T03:04:05.007000Z"), "at_us": (moment, "2026-01-02T03:04:05.123456Z"),
        "at_ns": (-1, "1969-12-31T23:59:59.999999Z"),
        "local_ms": (whole_ms.replace(tzinfo=None), "2026-01-02T03:04:05.007000"),
        "local_us": (moment.replace(tzinfo=None), "2026-01-02T03:04:05.123456"),
        "maybe_at": (start - timedelta(microseconds=1), "1969-12-31T23:59:59.999999Z"),
        "id": (UUID("12345678-1234-5678-1234-567812345678"), "12345678-1234-5678-1234-567812345678"),
        "span": (b"\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00", "010000000200000003000000"),
        "odd": same("odd"), "wrong_base": same("2026"),
        "list": (["a", None, 'b\n"'], '["a",null,"b\\n\\""]'),
        "table": ({"b": 1, "a": 2, "ä": LONG_MAX, "A": -1}, '{"A":-1,"a":2,"b":1,"ä":9223372036854775807}'),
        "inner": (inner, inner_text), "other": (inner, inner_text),
    }
    second = {
        "flag": (False, "false"), "small": number(2**31 - 1), "big": number(LONG_MAX),
        "single": (float("nan"), "NaN"), "double": (float("-inf"), "-Infinity"),
        "raw": (b"", ""), "text": same("ünï\u2028\U0001f986 \"quoted\"\n"), "nothing": (None, None),
        "four": (b"\0\0\0\0", "00000000"), "suit": same("HEARTS"), "maybe_suit": (None, None),
        "text_first": (None, None), "null_first": (None, None), "several": same("x"),
        "price": (Decimal("1234567890123456.7891"), "1234567890123456.7891"), "fixed_price": (Decimal("0.00"), "0.00"),
        "whole": number(Decimal(0)),
        "day": (date(1, 1, 1), "0001-01-01"),
        "clock_ms": (time(0, 0), "00:00:00"), "clock_us": (time(12, 34, 56), "12:34:56"),
        "at_ms": (datetime(1, 1, 1, tzinfo=utc), "0001-01-01T00:00:00Z"),
        "at_us": (datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=utc), "9999-12-31T23:59:59.999999Z"),
        "at_ns": (1767323045123456999, "2026-01-02T03:04:05.123456Z"),
        "local_ms": (datetime(1969, 12, 31, 23, 59, 59), "1969-12-31T23:59:59"),
        "local_us": (datetime(2000, 2, 29), "2000-02-29T00:00:00"),
        "maybe_at": (None, None),
        "id": (UUID(int=0), "00000000-0000-0000-0000-000000000000"),
        "span": (bytes(12), "0" * 24),
        "odd": same(""), "wrong_base": same(""),
        "list": ([], "[]"), "table": ({}, "{}"),
        "inner": ({"z": -1, "a": None, "when": start, "again": None},
                  '{"z":-1,"a":null,"when":"1970-01-01T00:00:00Z","again":null}'),
        "other": (None, None),
    }
    part("types", schema, [first, second] * 6, ALL, interval=1200)


def nullable(*names):
    return [{"name": n, "type": ["null", "string"]} for n in names]


LONG_TEXT = "five thousand bytes, «unicode» and all; " * 125


def users():
    schema = {"type": "record", "name": "topLevelRecord", "fields": [
        {"name": "user_id", "type": ["long", "null"]},
        *nullable("identity", "handle", "email", "joindate", "last_modified", "select", "order", "_email")]}
    tricky = ["", "it's \"quoted\"", "line one\nline two\r\n\ttab", "back\\slash", "NULL", " padded ",
              "ünïcödé \U0001f986", LONG_TEXT, "a,b;c|d"]
    rows = []
    for i in range(60):
        t = tricky[i % len(tricky)]
        rows.append({
            "user_id": number([LONG_MIN, LONG_MAX, 0, -1][i]) if i < 4 else number(4503599627370496 * i + 7),
            "identity": same(f"user{i}@example.com") if i % 3 else (None, None),
            "handle": same(t), "email": same("") if i % 2 else (None, None),
            "joindate": same(str(1577836800000 + i * 86400000)), "last_modified": same(f"2026-01-{1 + i % 28:02d} 00:00:00"),
            "select": same("from") if i % 5 else (None, None), "order": same(f"order {i}"), "_email": (None, None),
        })
    part("users", schema, rows, ["snappy", "deflate", "null"])


def pageviews():
    schema = {"type": "record", "name": "topLevelRecord", "fields": [
        {"name": "event_id", "type": "long"}, {"name": "user_id", "type": "long"},
        {"name": "session_id", "type": ["long", "null"]},
        *nullable("time", "path", "title", "group", "utm_source")]}
    rows = []
    for i in range(500):
        rows.append({
            "event_id": number(LONG_MAX - i), "user_id": number(4503599627370496 * (i % 60) + 7),
            "session_id": number(i // 4) if i % 10 else (None, None),
            "time": same(str(1767225600000 + i * 1000)), "path": same(f"/p/{i % 17}?q='{i}'"),
            "title": same("") if i % 4 == 0 else same(f"Title \"{i}\""),
            "group": (None, None) if i % 2 else same("by"), "utm_source": (None, None),
        })
    part("pageviews", schema, rows, ["snappy"], interval=4000)


def user_migrations():
    schema = {"type": "record", "name": "topLevelRecord", "fields": [
        {"name": "from_user_id", "type": ["long", "null"]}, {"name": "to_user_id", "type": ["long", "null"]}]}
    pairs = [(1, 2), (2, 3), (LONG_MIN, LONG_MAX), (5, 5), (6, 7), (7, 6)]
    part("user_migrations", schema, [{"from_user_id": number(a), "to_user_id": number(b)} for a, b in pairs]
         + [{"from_user_id": number(9), "to_user_id": (None, None)}], ["snappy"])


def empty():
    schema = {"type": "record", "name": "topLevelRecord", "fields": [{"name": "user_id", "type": "long"}, *nullable("email")]}
    part("empty", schema, [], ["snappy"])


types()
users()
pageviews()
user_migrations()
empty()
