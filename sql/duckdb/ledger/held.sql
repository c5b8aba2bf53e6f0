-- The delivered tables in the order of their first naming, which decides between clashing names (R10).
SELECT name, relation, first_dump, first_place, resync FROM smew.held ORDER BY first_dump, first_place
