-- A table of main with a key: hidden rows gave way to newer ones.
CREATE OR REPLACE VIEW {{view}} AS SELECT {{columns}} FROM smew.{{relation}} WHERE NOT smew_hidden
