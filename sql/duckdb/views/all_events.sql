-- The events of all event tables.
CREATE OR REPLACE VIEW {{view}} AS {{events}}
