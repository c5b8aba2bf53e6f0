-- A state with the columns that the sync has now: what is new was NULL, what is gone no longer counts, and other types are cast.
SELECT {{hash}} AS h, * FROM (SELECT rowid AS place, {{columns}} FROM {{table}})
