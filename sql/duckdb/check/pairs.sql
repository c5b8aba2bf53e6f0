-- Shows pairs: the key's row, then the consumer's, and how often.
SELECT {{wanted}}, {{got}}, p.times
FROM pairs AS p JOIN differences AS m ON m.place = p.missing JOIN differences AS e ON e.place = p.extra
ORDER BY {{wanted}} LIMIT ?
