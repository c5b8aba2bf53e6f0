-- What the views make of texts; a value that does not fit is NULL.

-- The views of typed.
CREATE SCHEMA IF NOT EXISTS typed;

-- The types that were given to columns by hand, by the names as delivered.
CREATE TABLE IF NOT EXISTS smew.types (table_name VARCHAR NOT NULL, column_name VARCHAR NOT NULL, type VARCHAR NOT NULL);

-- A finite number: no spaces, no words, no other digits than ASCII's.
CREATE OR REPLACE MACRO smew.finite(x) AS CASE WHEN isfinite(x) THEN x END;
CREATE OR REPLACE MACRO smew.number(t) AS CASE
    WHEN regexp_full_match(t, '[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?') THEN smew.finite(try_cast(t AS DOUBLE))
END;

-- The shortest text that stands for just this number.
CREATE OR REPLACE MACRO smew.number_text(x) AS regexp_replace(CAST(x AS VARCHAR), '\.0$', '');

-- DuckDB alone would round 1.5 to a whole number.
CREATE OR REPLACE MACRO smew.whole(t) AS CASE WHEN regexp_full_match(t, '[+-]?[0-9]+') THEN try_cast(t AS BIGINT) END;

CREATE OR REPLACE MACRO smew.truth(t) AS CASE
    WHEN lower(t) IN ('true', 't', 'yes', 'y', '1') THEN true
    WHEN lower(t) IN ('false', 'f', 'no', 'n', '0') THEN false
END;

CREATE OR REPLACE MACRO smew.day(t) AS CAST(smew.instant(t) AS DATE);

CREATE OR REPLACE MACRO smew.document(t) AS CASE WHEN json_valid(t) THEN CAST(t AS JSON) END
