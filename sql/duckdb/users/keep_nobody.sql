-- A record without an id is kept and never a duplicate (R4).
INSERT INTO {{people}} (user_id, joindate, last_modified, identity, handle, email{{columns}})
SELECT NULL, joindate, last_modified, identity, handle, email{{columns}} FROM smew.{{relation}} WHERE user_id IS NULL
