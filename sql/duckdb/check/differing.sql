-- Counts, for each column, the pairs whose rows differ in it.
SELECT {{counts}}
FROM pairs AS p JOIN differences AS m ON m.place = p.missing JOIN differences AS e ON e.place = p.extra
