-- The tables that loaded dumps name.
SELECT DISTINCT name FROM smew.tables ORDER BY name
