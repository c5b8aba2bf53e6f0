"""Copies what smew shows into plain tables, all texts as they were delivered, with the views of schema typed over them:
plain_texts.py FRESH DATABASE"""
import sys

import duckdb

fresh, source = sys.argv[1:]
con = duckdb.connect(source, read_only=True)
con.execute(f"ATTACH '{fresh}' AS fresh (READ_WRITE)")
for (view,) in con.execute("SELECT view_name FROM duckdb_views() WHERE database_name = current_database() "
                           "AND schema_name = 'main' AND NOT internal").fetchall():
    con.execute(f'CREATE TABLE fresh.main."{view}" AS FROM main."{view}"')
statements = [f"CREATE MACRO smew.{name}({', '.join(parameters)}) AS {body}" for name, parameters, body in con.execute(
    "SELECT function_name, parameters, macro_definition FROM duckdb_functions() WHERE schema_name = 'smew' AND function_type = 'macro'").fetchall()]
statements += [sql for (sql,) in con.execute(
    "SELECT sql FROM duckdb_views() WHERE database_name = current_database() AND schema_name = 'typed' AND NOT internal").fetchall()]
con.close()

con = duckdb.connect(fresh)
con.execute("CREATE SCHEMA smew; CREATE SCHEMA typed")
while statements:  # some build on others
    left = []
    for statement in statements:
        try:
            con.execute(statement)
        except (duckdb.CatalogException, duckdb.BinderException) as e:
            left.append((statement, e))
    if len(left) == len(statements):
        raise left[0][1]
    statements = [statement for statement, _ in left]
con.close()
