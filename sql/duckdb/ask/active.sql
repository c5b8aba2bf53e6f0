-- How many people were there in each day, week or month, and how many of them for the first time.
WITH seen AS (
    SELECT e.user_id, date_trunc({{unit}}, e."time") AS period, count(*) AS events FROM {{events}} WHERE {{where}} GROUP BY ALL
),
first AS (SELECT user_id, min(period) AS period FROM seen GROUP BY user_id)
SELECT s.period::DATE AS period, count(*) AS people, count(*) FILTER (f.period = s.period) AS new_people, sum(s.events)::BIGINT AS events
FROM seen AS s JOIN first AS f USING (user_id)
GROUP BY s.period ORDER BY s.period
