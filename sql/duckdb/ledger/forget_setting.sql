-- Makes room for a setting's new value.
DELETE FROM smew.settings WHERE name = $1
