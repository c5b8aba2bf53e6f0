-- A query with columns that are computed from its own.
SELECT *, {{columns}} FROM ({{query}})
