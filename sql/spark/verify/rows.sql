-- A table of main held against what follows from the rows as delivered: what is missing, what is too much, and a row of each for an example.
WITH want ({{columns}}) AS (
    {{rows}}
), got AS (
    SELECT {{columns}} FROM {{main}} VERSION AS OF {{tag}}
)
SELECT side, count(*), min_by(example, `key`) FROM (
    SELECT 'lost' AS side, to_json(struct({{columns}})) AS example, {{key}} AS `key` FROM (SELECT * FROM want EXCEPT ALL SELECT * FROM got)
    UNION ALL
    SELECT 'extra', to_json(struct({{columns}})), {{key}} FROM (SELECT * FROM got EXCEPT ALL SELECT * FROM want)
) GROUP BY side ORDER BY side DESC
