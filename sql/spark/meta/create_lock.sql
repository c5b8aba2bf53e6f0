-- Who loads. Until is in seconds since 1970, by the clock of the cluster.
CREATE TABLE IF NOT EXISTS {{lock}} (holder STRING, who STRING, until BIGINT) USING iceberg
