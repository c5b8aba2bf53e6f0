-- What the records of erased ids say in identity, email and handle.
SELECT DISTINCT name FROM (
    SELECT unnest([identity, email, handle]) AS name FROM smew.{{relation}} SEMI JOIN erased_ids USING (user_id)
)
WHERE name <> ''
