-- There is no table users any more.
DROP TABLE IF EXISTS smew.people
