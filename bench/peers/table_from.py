"""Loads the files of one table: table_from.py DATABASE THREADS FUNCTION FILES"""
import sys

from duck import connect

path, threads, function, files = sys.argv[1:]
con = connect(path, threads)
con.execute(f"CREATE TABLE pageviews AS FROM {function}(?, hive_partitioning = false)", [files])
con.close()
