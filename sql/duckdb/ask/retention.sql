-- Of the people who came first in a day, week or month: how many were there again so many days, weeks or months later. What has
-- not come yet, by the last event of either kind, is left out.
WITH active AS (
    SELECT e.user_id, date_trunc({{unit}}, e."time") AS period FROM {{events}} WHERE {{where}} GROUP BY ALL
),
began AS (SELECT user_id, min(period) AS cohort, max(period) AS latest FROM {{began}} GROUP BY user_id),
sizes AS (SELECT cohort, count(*) AS people FROM began GROUP BY cohort),
returned AS (
    SELECT cohort, date_diff({{unit}}, cohort, period) AS after, count(*) AS people
    FROM began JOIN active USING (user_id) WHERE period >= cohort GROUP BY ALL
),
shown AS (SELECT cohort, people, unnest(range(0, {{periods}} + 1)) AS after FROM sizes)
SELECT s.cohort::DATE AS cohort, s.people, s.after, coalesce(r.people, 0) AS active,
    round(100 * coalesce(r.people, 0) / s.people, 1) AS percent
FROM shown AS s LEFT JOIN returned AS r ON r.cohort = s.cohort AND r.after = s.after
WHERE s.after <= date_diff({{unit}}, s.cohort, greatest((SELECT max(period) FROM active), (SELECT max(latest) FROM began)))
ORDER BY s.cohort, s.after
