-- The branch that a dump is written on, begun anew from what is published: readers of the table do not see it.
ALTER TABLE {{table}} CREATE OR REPLACE BRANCH `load`
