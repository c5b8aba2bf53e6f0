-- A value of an id that is no whole 64-bit number (R11), if there is one.
SELECT CAST(source.{{column}} AS VARCHAR)
FROM {{source}} AS source
WHERE source.{{column}} IS NOT NULL
  AND (NOT regexp_full_match(CAST(source.{{column}} AS VARCHAR), '[+-]?[0-9]+') OR TRY_CAST(CAST(source.{{column}} AS VARCHAR) AS BIGINT) IS NULL)
LIMIT 1
