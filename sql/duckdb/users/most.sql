-- Whether more people are touched than not: putting their records aside would then cost more than it saves.
SELECT (SELECT count(*) FROM touched_users) > (SELECT count(*) FROM smew.people) / 2
