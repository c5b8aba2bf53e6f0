-- A column is a text again, or what it is by itself.
DELETE FROM smew.types WHERE table_name = $1 AND column_name = $2
