-- A table as delivered, under its delivered column names.
CREATE OR REPLACE VIEW {{view}} AS SELECT {{columns}} FROM smew.{{relation}}
