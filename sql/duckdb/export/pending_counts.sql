-- How many rows of each kind are to be sent.
SELECT count(*) FILTER (kind = 'added'), count(*) FILTER (kind = 'changed'), count(*) FILTER (kind = 'removed') FROM {{pending}}
