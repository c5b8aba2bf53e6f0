-- What a delivered time stands for, in microseconds since 1970: as smew.instant in DuckDB.
CASE
    WHEN {{text}} RLIKE r'\A-?[0-9]+\z' THEN
        CASE
            WHEN try_cast({{text}} AS BIGINT) BETWEEN -99999999999 AND 99999999999 THEN try_cast({{text}} AS BIGINT) * 1000000
            WHEN try_cast({{text}} AS BIGINT) BETWEEN -99999999999999 AND 99999999999999 THEN try_cast({{text}} AS BIGINT) * 1000
            WHEN try_cast({{text}} AS BIGINT) BETWEEN -99999999999999999 AND 99999999999999999 THEN try_cast({{text}} AS BIGINT)
        END
    WHEN {{text}} LIKE '0000%' THEN NULL
    WHEN {{text}} RLIKE r'\A[0-9]{4}-[0-9]{2}-[0-9]{2}([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?( ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?))?)?\z' THEN
        unix_micros(CAST(try_cast(regexp_replace(regexp_extract({{text}}, r'\A[0-9-]{10}([ T][0-9:]+(\.[0-9]{1,6})?)?', 0), r'\A(.{13}:..)\z', '$1:00') AS TIMESTAMP_NTZ) AS TIMESTAMP))
        - CASE
            WHEN {{text}} RLIKE r':[0-9.]+ ?[+-][0-9]{2}:?[0-9]{0,2}\z' THEN
                CASE WHEN regexp_extract({{text}}, r' ?([+-])[0-9]{2}:?[0-9]{0,2}\z', 1) = '-' THEN -60000000 ELSE 60000000 END
                * (60 * CAST(regexp_extract({{text}}, r'[+-]([0-9]{2}):?([0-9]{0,2})\z', 1) AS BIGINT)
                   + coalesce(try_cast(regexp_extract({{text}}, r'[+-]([0-9]{2}):?([0-9]{0,2})\z', 2) AS BIGINT), 0))
            ELSE 0
          END
END
