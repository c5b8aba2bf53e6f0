-- The row, before anybody holds the lock. If two loaders add one at once both are locked from then on.
INSERT INTO {{lock}} (holder, who, until) VALUES ('', '', 0)
