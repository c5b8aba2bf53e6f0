-- Shows rows of the key that the consumer lacks, and how often.
SELECT {{columns}}, d.times - coalesce(p.times, 0) AS times
FROM differences AS d LEFT JOIN pairs AS p ON p.missing = d.place
WHERE d.times > coalesce(p.times, 0)
ORDER BY {{columns}} LIMIT ?
