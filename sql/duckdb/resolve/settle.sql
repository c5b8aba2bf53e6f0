-- Whoever stands where no chain leads on has found their canonical id.
INSERT INTO settled
SELECT user_id, reached FROM walk WHERE reached NOT IN (SELECT user_id FROM mapping)
