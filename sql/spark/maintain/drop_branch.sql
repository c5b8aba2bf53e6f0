-- A branch that a loader wrote.
ALTER TABLE {{table}} DROP BRANCH IF EXISTS {{branch}}
