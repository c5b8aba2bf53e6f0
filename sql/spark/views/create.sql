-- A view for readers.
CREATE OR REPLACE VIEW {{view}} AS
{{query}}
