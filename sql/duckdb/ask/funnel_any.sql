-- How many of the steps, in whatever order, somebody took from each of their times on.
happened AS ({{all}}),
reached AS (
    SELECT user_id, moment{{group}}, count(DISTINCT step) OVER (
        PARTITION BY user_id, scope ORDER BY moment RANGE BETWEEN CURRENT ROW AND {{end}}
    ) AS step FROM happened
)
