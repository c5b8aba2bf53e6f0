"""Brings a feed's rows in as they are, with the specification's views over them: spec_views.py FRESH FEED"""
import sys

import raw
from duck import connect
from statements import id_of, statement

path, feed = sys.argv[1:]
con = connect(path, 2)
for table, columns in raw.load(con, feed, "raw").items():
    if key := id_of(table, columns):
        con.execute(statement("spec_events", table=table, id=key))
con.close()
