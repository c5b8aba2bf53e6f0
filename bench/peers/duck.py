"""Opens DuckDB with its Avro extension, which its package brings along."""
import pathlib
import sysconfig

import duckdb


def connect(path, threads):
    con = duckdb.connect(path, config={"allow_unsigned_extensions": "true", "threads": int(threads)})
    package = pathlib.Path(sysconfig.get_paths()["purelib"], "duckdb_extension_avro")
    con.execute(f"LOAD '{next(package.rglob('avro.duckdb_extension'))}'")
    return con
