-- Keeps a setting.
INSERT INTO smew.settings VALUES ($1, $2)
