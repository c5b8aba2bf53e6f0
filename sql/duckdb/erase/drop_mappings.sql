-- They wait no more.
DROP TABLE temp.{{relation}}
