-- A consumer's table, brought here to be judged.
CREATE TABLE {{table}} ({{columns}})
