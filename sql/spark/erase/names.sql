-- What the records of ids say in identity, email and handle.
SELECT DISTINCT name FROM (SELECT explode(array(identity, email, handle)) AS name FROM {{raw}} WHERE {{theirs}}) WHERE name <> '' ORDER BY name
