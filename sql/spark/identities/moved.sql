-- How many can walk on.
SELECT count(*) FROM {{walk}} AS w LEFT SEMI JOIN {{walk}} AS n ON n.user_id = w.reached
