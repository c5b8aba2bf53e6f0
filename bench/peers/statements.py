"""Statements of the benchmark's sql folder, and the ids of tables."""
import pathlib

FOLDER = pathlib.Path(__file__).parent.parent / "sql"


def statement(name, **names):
    return (FOLDER / f"{name}.sql").read_text().format(**names)


def id_of(table, columns):
    """The column that makes a row of a person's unique, None where there is no such."""
    if table == "sessions":
        return "session_id"
    return "event_id" if {"event_id", "user_id"} <= set(columns) else None


def columns_of(con, table):
    return [row[0] for row in con.execute(f"DESCRIBE {table}").fetchall()]
