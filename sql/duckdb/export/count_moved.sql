-- Rows of now and of before, and of each what has no counterpart. Where as many are left on both sides, no key is there twice.
SELECT (SELECT count(*) FROM export_result), (SELECT count(*) FROM {{state}}),
    count(*) FILTER (kind = 'added'), count(*) FILTER (kind = 'removed'), (SELECT count(*) FROM (SELECT DISTINCT {{keys}} FROM export_moved WHERE kind = 'added'))
FROM export_moved
