-- The shortest text that stands for just this number: Java's is longer for some. Of all lengths the first counts that reads back as the
-- number; what lies between 1e-4 and 1e16 is written without exponent.
get(transform(
    get(transform(array({{number}}), x -> filter(transform(sequence(0, 16), p -> format_string(concat('%.', p, 'e'), x)), s -> try_cast(s AS DOUBLE) = x)), 0),
    s -> CASE
        WHEN s LIKE '-0e%' THEN '-0'
        WHEN abs(CAST(s AS DOUBLE)) >= 1e-4 AND abs(CAST(s AS DOUBLE)) < 1e16 OR CAST(s AS DOUBLE) = 0
            THEN trim(TRAILING '.' FROM trim(TRAILING '0' FROM CAST(CAST(s AS DECIMAL(38, 20)) AS STRING)))
        ELSE s
    END), 0)
