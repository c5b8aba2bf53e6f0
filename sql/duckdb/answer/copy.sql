-- Writes a table of an answer key to a Parquet file.
COPY written TO {{file}} (FORMAT parquet, COMPRESSION zstd)
