-- What there is of each key, in one number. Rows of the same key count together.
CREATE OR REPLACE TEMP TABLE "smew weighed" AS
SELECT {{key_1}} AS key_1, {{key_2}} AS key_2, count(*) AS n, sum(hash({{columns}})) AS content
FROM {{source}} AS source
GROUP BY 1, 2
