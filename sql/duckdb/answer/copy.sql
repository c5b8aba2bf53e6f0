-- Writes a table of an answer key to a Parquet file. Each thread holds a row group, so they are small.
COPY written TO {{file}} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 61440)
