-- Shows rows of the consumer that the key lacks, and how often.
SELECT {{columns}}, -d.times - coalesce(p.times, 0) AS times
FROM differences AS d LEFT JOIN pairs AS p ON p.extra = d.place
WHERE -d.times > coalesce(p.times, 0)
ORDER BY {{columns}} LIMIT ?
