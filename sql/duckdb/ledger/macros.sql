-- What the views make of texts; a value that does not fit is NULL.

-- The views of typed.
CREATE SCHEMA IF NOT EXISTS typed;

-- The types that were given to columns by hand, by the names as delivered.
CREATE TABLE IF NOT EXISTS smew.types (table_name VARCHAR NOT NULL, column_name VARCHAR NOT NULL, type VARCHAR NOT NULL);

-- The instant a delivered text stands for: whole numbers are seconds, milliseconds or
-- microseconds by their magnitude; date-time text may carry a fraction, UTC, Z or an offset.
-- NULL where it is neither (R9, feed facts: both kinds occur, and "Invalid date").
CREATE OR REPLACE MACRO smew.instant(t) AS CASE
    -- How most texts look. Where DuckDB writes the instant just so again, nothing is left to look at: a third of the time.
    WHEN t LIKE '____-__-__ __:__:__%' AND CAST(try_cast(t AS TIMESTAMP) AS VARCHAR) = t THEN try_cast(t AS TIMESTAMP)
    WHEN regexp_full_match(t, '-?[0-9]+') THEN
        CASE
            WHEN try_cast(t AS BIGINT) BETWEEN -99999999999 AND 99999999999 THEN make_timestamp(try_cast(t AS BIGINT) * 1000000)
            WHEN try_cast(t AS BIGINT) BETWEEN -99999999999999 AND 99999999999999 THEN make_timestamp(try_cast(t AS BIGINT) * 1000)
            WHEN try_cast(t AS BIGINT) BETWEEN -99999999999999999 AND 99999999999999999 THEN make_timestamp(try_cast(t AS BIGINT))
        END
    WHEN t LIKE '0000%' THEN NULL
    WHEN regexp_full_match(t, '[0-9]{4}-[0-9]{2}-[0-9]{2}([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?( ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?))?)?') THEN
        try_cast(regexp_extract(t, '^[0-9-]{10}([ T][0-9:]+(\.[0-9]{1,6})?)?') AS TIMESTAMP)
        - CASE
            WHEN regexp_matches(t, ':[0-9.]+ ?[+-][0-9]{2}:?[0-9]{0,2}$') THEN
                to_minutes(CASE WHEN regexp_extract(t, ' ?([+-])[0-9]{2}:?[0-9]{0,2}$', 1) = '-' THEN -1 ELSE 1 END
                    * (60 * regexp_extract(t, '[+-]([0-9]{2}):?([0-9]{0,2})$', 1)::INTEGER
                       + coalesce(try_cast(regexp_extract(t, '[+-]([0-9]{2}):?([0-9]{0,2})$', 2) AS INTEGER), 0)))
            ELSE to_minutes(0)
          END
END;

-- What is finite; else NULL. A macro that names its argument twice would double a formula at each of its operators.
CREATE OR REPLACE MACRO smew.finite(x) AS list_filter([x], lambda v: isfinite(v))[1];

-- A finite number: no spaces, no words, no other digits than ASCII's. What does not match gives '', which is no number.
CREATE OR REPLACE MACRO smew.number(t) AS smew.finite(try_cast(
    regexp_extract(t, '\A[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?\z') AS DOUBLE));

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
