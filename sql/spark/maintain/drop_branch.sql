-- The branch that loads write; the next one begins it anew.
ALTER TABLE {{table}} DROP BRANCH IF EXISTS `load`
