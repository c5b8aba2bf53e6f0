-- The views there are.
SELECT schema_name, view_name, statement FROM smew.views
