-- A feed's rows of one relation.
DELETE FROM {{state}}.{{side}}.{{relation}} WHERE feed = $1
