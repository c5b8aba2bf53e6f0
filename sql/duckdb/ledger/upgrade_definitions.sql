-- From version 2 to 3: what definitions need, and when they counted.
ALTER TABLE smew.definitions ADD COLUMN counted_from TIMESTAMP;
ALTER TABLE smew.definitions ADD COLUMN counted_to TIMESTAMP;
CREATE MACRO smew.finite(x) AS CASE WHEN isfinite(x) THEN x END;
CREATE MACRO smew.number(t) AS CASE
    WHEN regexp_full_match(t, '[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?') THEN smew.finite(try_cast(t AS DOUBLE))
END;
CREATE MACRO smew.number_text(x) AS regexp_replace(CAST(x AS VARCHAR), '\.0$', '')
