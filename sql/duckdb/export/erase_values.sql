-- What was sent of rows that name the person goes; their keys stay until a run has told the reader that they are removed.
UPDATE {{table}} SET h = 0{{nulls}} WHERE h <> 0 AND ({{theirs}})
