-- From version 4 to 5: the first steps of identities, which are not known until the next mapping.
ALTER TABLE smew.identities ADD COLUMN target BIGINT
