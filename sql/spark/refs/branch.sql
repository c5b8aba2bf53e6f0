-- The branch that a loader writes, begun anew from a snapshot: readers of the table do not see it.
ALTER TABLE {{table}} CREATE OR REPLACE BRANCH {{branch}}{{at}}
