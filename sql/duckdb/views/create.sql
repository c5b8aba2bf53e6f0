-- A view; a former one of its name is replaced.
CREATE OR REPLACE VIEW {{view}} AS {{query}}
