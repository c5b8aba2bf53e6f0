-- A view whose table is called otherwise now.
DROP VIEW IF EXISTS {{view}}
