-- A table that is dropped at once: whether one can be made.
CREATE TABLE {{table}} (a INT) USING iceberg
