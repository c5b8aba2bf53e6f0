-- Pairs rows of the key with rows of the consumer that agree in the given columns and are not paired yet.
INSERT INTO pairs
SELECT m.place, e.place, least(m.times, e.times)
FROM (
    SELECT place, times, {{columns}}, row_number() OVER (PARTITION BY {{columns}} ORDER BY place) AS nth
    FROM differences WHERE times > 0 AND place NOT IN (SELECT missing FROM pairs)
) AS m
JOIN (
    SELECT place, -times AS times, {{columns}}, row_number() OVER (PARTITION BY {{columns}} ORDER BY place) AS nth
    FROM differences WHERE times < 0 AND place NOT IN (SELECT extra FROM pairs)
) AS e USING ({{columns}}, nth)
