-- What was pending is delivered.
INSERT INTO {{state}}.delivered.{{relation}} SELECT * FROM {{state}}.pending.{{relation}} WHERE feed = $1
