-- Forgets a view's text.
DELETE FROM smew.views WHERE schema_name = $1 AND view_name = $2
