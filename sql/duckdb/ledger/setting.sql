-- One setting.
SELECT value FROM smew.settings WHERE name = $1
