-- A table with a key: hidden rows gave way to newer ones.
SELECT {{columns}} FROM smew.{{relation}} WHERE NOT smew_hidden
