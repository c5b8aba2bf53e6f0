-- A relation whose rows a full resync replaced.
DROP TABLE smew.{{relation}}
