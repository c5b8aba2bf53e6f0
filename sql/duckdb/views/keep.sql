-- Keeps a view's text.
INSERT INTO smew.views VALUES ($1, $2, $3)
